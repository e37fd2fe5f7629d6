// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/reservations.h"

#include <fmt/core.h>

#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

/// Returns the iSCSI name in a TransportID (SPC-4, 7.6.4.6), without the ISID that may follow it.
std::string initiator_of(std::span<const std::byte> id) {
  constexpr unsigned kIscsi = 5;
  if ((byte_at(id, 0) & 0x0F) != kIscsi) return {};
  const std::string text = ascii(part(id, 4, value_at<be16>(id, 2)));
  return text.substr(0, text.find(",i,0x"));
}

}  // namespace

std::optional<ReservationKeys> parse_reservation_keys(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  ReservationKeys result;
  result.generation = value_at<be32>(bytes, 0);
  const auto list = part(bytes, 8, value_at<be32>(bytes, 4));
  for (std::size_t offset = 0; offset + 8 <= list.size(); offset += 8)
    result.keys.push_back(value_at<be64>(list, offset));
  return result;
}

std::optional<std::vector<Reservation>> parse_reservation(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  std::vector<Reservation> result;
  const auto list = part(bytes, 8, value_at<be32>(bytes, 4));
  for (std::size_t offset = 0; offset + 16 <= list.size(); offset += 16) {
    const std::uint8_t scope_and_type = byte_at(list, offset + 13);
    result.push_back({value_at<be64>(list, offset), static_cast<std::uint8_t>(scope_and_type >> 4),
                      static_cast<std::uint8_t>(scope_and_type & 0x0F)});
  }
  return result;
}

std::optional<std::vector<Registrant>> parse_full_status(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  std::vector<Registrant> result;
  auto rest = part(bytes, 8, value_at<be32>(bytes, 4));
  while (rest.size() >= 24) {
    const std::size_t length = value_at<be32>(rest, 20);
    if (length > rest.size() - 24) break;
    Registrant one;
    one.key = value_at<be64>(rest, 0);
    one.holder = (byte_at(rest, 12) & 0x01) != 0;
    one.scope = byte_at(rest, 13) >> 4;
    one.type = byte_at(rest, 13) & 0x0F;
    one.initiator = initiator_of(rest.subspan(24, length));
    result.push_back(std::move(one));
    rest = rest.subspan(24 + length);
  }
  return result;
}

std::optional<ReservationCapabilities> parse_reservation_capabilities(std::span<const std::byte> bytes) {
  if (bytes.size() < 8 || value_at<be16>(bytes, 0) < 6) return std::nullopt;
  ReservationCapabilities result;
  const std::uint8_t able = byte_at(bytes, 2), now = byte_at(bytes, 3);
  result.persist_through_power_loss = (able & 0x01) != 0;
  result.all_target_ports = (able & 0x04) != 0;
  result.specify_initiator_ports = (able & 0x08) != 0;
  result.persists_now = (now & 0x01) != 0;
  if ((now & 0x80) == 0) return result;
  result.types.emplace();
  // The mask has the types 0 to 7 in its first byte and 8 to 15 in its second.
  const std::uint32_t mask = byte_at(bytes, 4) | std::uint32_t{byte_at(bytes, 5)} << 8;
  for (std::uint8_t type = 0; type < 16; ++type)
    if ((mask >> type & 1U) != 0) result.types->push_back(type);
  return result;
}

std::string reservation_type_name(std::uint8_t type) {
  switch (type) {
    case 0x1:
      return "write exclusive";
    case 0x3:
      return "exclusive access";
    case 0x5:
      return "write exclusive, registrants only";
    case 0x6:
      return "exclusive access, registrants only";
    case 0x7:
      return "write exclusive, all registrants";
    case 0x8:
      return "exclusive access, all registrants";
    default:
      return fmt::format("type {:X}h", type);
  }
}

}  // namespace san::iscsi
