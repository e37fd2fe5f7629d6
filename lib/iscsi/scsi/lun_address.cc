// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/lun_address.h"

#include <fmt/core.h>

#include <algorithm>

#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

bool zero_from(const std::array<std::uint8_t, 8>& bytes, std::size_t offset) {
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(offset), bytes.end(),
                     [](std::uint8_t b) { return b == 0; });
}

bool extended(const std::array<std::uint8_t, 8>& bytes) {
  return bytes[0] >> 6 == 3;
}

/// SAM-5, 4.7.7.5: length 01b and method 2h, four bytes in all.
bool extended_flat(const std::array<std::uint8_t, 8>& bytes) {
  return bytes[0] == 0xD2;
}

}  // namespace

std::optional<std::uint32_t> LunAddress::number() const {
  if (extended_flat(bytes) && zero_from(bytes, 4))
    return std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
  if (!zero_from(bytes, 2)) return std::nullopt;
  if (bytes[0] == 0) return bytes[1];
  if (bytes[0] >> 6 == 1) return (std::uint32_t{bytes[0]} & 0x3F) << 8 | bytes[1];
  if (bytes[0] == 0x80 && bytes[1] < 0x20) return bytes[1];
  return std::nullopt;
}

std::optional<std::uint16_t> LunAddress::first_level() const {
  if (!zero_from(bytes, 2)) return std::nullopt;
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

const char* LunAddress::method() const {
  if (extended(bytes)) {
    if (bytes[0] == 0xC1) return "well-known";
    return extended_flat(bytes) ? "extended flat" : "extended";
  }
  if (!zero_from(bytes, 2)) return "hierarchical";
  switch (bytes[0] >> 6) {
    case 0:
      return "peripheral";
    case 1:
      return "flat";
    default:
      return "logical unit";
  }
}

std::string LunAddress::text() const {
  if (const auto value = number()) return std::to_string(*value);
  return "0x" + hex(std::as_bytes(std::span(bytes)));
}

std::optional<LunInventory> parse_report_luns(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  LunInventory result;
  result.announced = value_at<be32>(bytes, 0);
  const auto list = part(bytes, 8, result.announced);
  for (std::size_t offset = 0; offset + 8 <= list.size(); offset += 8) {
    LunAddress address;
    for (std::size_t i = 0; i < 8; ++i) address.bytes[i] = byte_at(list, offset + i);
    result.luns.push_back(address);
  }
  return result;
}

}  // namespace san::iscsi
