// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_ip6.h"

#include <fmt/core.h>

#include <algorithm>

#include "boot/mac_address.h"
#include "core/endian.h"
#include "flash/uefi/iscsi_attempt.h"

namespace san::flash {
namespace {

/// EFI_IP6_CONFIG_DATA_TYPE (UEFI 2.10, 28.7.1).
enum Type : std::uint32_t { kPolicy = 2, kProbes = 3, kManual = 4, kGateway = 5 };

/// IP6_CONFIG_VARIABLE, packed, and behind it IP6_CONFIG_DATA_RECORD, which is not.
struct Header {
  le32 iaid;
  le16 checksum, records;
};
struct DataItem {
  le16 offset, padding;
  le32 size, type;
};
struct ManualBytes {
  std::uint8_t address[16], anycast, prefix;
};
/// Limit that leaves space for additions, so that offsets fit into 16 bits; UEFI stores hold no larger
/// variables.
constexpr std::size_t kMaxSize = 0x8000;
static_assert(sizeof(Header) == 8 && sizeof(DataItem) == 12 && sizeof(ManualBytes) == 18);

/// Returns the sum of 16-bit words with the carries added to it (RFC 1071): 0xFFFF for intact data.
std::uint16_t sum_of(std::span<const std::byte> data) {
  std::uint32_t sum = 0;
  std::size_t at = 0;
  for (; at + 2 <= data.size(); at += 2) sum += *read_at<le16>(data, at);
  if (at < data.size()) sum += std::to_integer<std::uint32_t>(data[at]);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::vector<std::byte> number_bytes(std::uint32_t value) {
  std::vector<std::byte> out(4);
  write_at(std::span(out), 0, le32(value));
  return out;
}

std::vector<std::byte> manual_bytes(const std::vector<Ip6Settings::Manual>& addresses) {
  std::vector<std::byte> out(addresses.size() * sizeof(ManualBytes));
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    ManualBytes one{{}, addresses[i].anycast, addresses[i].prefix};
    std::ranges::copy(addresses[i].address, one.address);
    write_at(std::span(out), i * sizeof one, one);
  }
  return out;
}

std::vector<std::byte> address_bytes(const std::vector<Ip6Settings::Address>& addresses) {
  std::vector<std::byte> out(addresses.size() * 16);
  for (std::size_t i = 0; i < addresses.size(); ++i) write_at(std::span(out), i * 16, addresses[i]);
  return out;
}

void take(Ip6Settings& out, std::uint32_t type, std::span<const std::byte> data) {
  switch (type) {
    case kPolicy:
      if (const auto value = read_at<le32>(data, 0); value && *value == 1)
        out.policy = Ip6Settings::Policy::automatic;
      break;
    case kManual:
      for (std::size_t at = 0; at + sizeof(ManualBytes) <= data.size(); at += sizeof(ManualBytes)) {
        const ManualBytes one = *read_at<ManualBytes>(data, at);
        Ip6Settings::Manual manual{{}, one.anycast != 0, one.prefix};
        std::ranges::copy(one.address, manual.address.begin());
        out.addresses.push_back(manual);
      }
      break;
    case kGateway:
      for (std::size_t at = 0; at + 16 <= data.size(); at += 16)
        out.gateways.push_back(*read_at<Ip6Settings::Address>(data, at));
      break;
    default:
      out.others.push_back({type, {data.begin(), data.end()}});
  }
}

}  // namespace

VariableName ip6_variable(const std::string& mac, std::uint16_t vlan) {
  return {nic_variable(mac, vlan), kIp6Vendor};
}

std::optional<Ip6Settings> decode_ip6(std::span<const std::byte> data) {
  const auto header = read_at<Header>(data, 0);
  if (!header || data.size() > kMaxSize || sum_of(data) != 0xFFFF) return std::nullopt;
  Ip6Settings out;
  out.iaid = header->iaid;
  std::size_t held = 0;
  for (std::size_t i = 0; i < header->records; ++i) {
    const auto record = read_at<DataItem>(data, sizeof(Header) + i * sizeof(DataItem));
    if (!record || record->offset > data.size() || record->size > data.size() - record->offset)
      return std::nullopt;
    held += record->size;
    if (held > data.size()) return std::nullopt;
    take(out, record->type, data.subspan(record->offset, record->size));
  }
  std::ranges::stable_sort(out.others, {}, &Ip6Settings::Other::type);
  return out;
}

std::vector<std::byte> encode_ip6(const Ip6Settings& settings) {
  std::vector<Ip6Settings::Other> records = settings.others;
  records.push_back({kPolicy, number_bytes(static_cast<std::uint32_t>(settings.policy))});
  if (!settings.addresses.empty()) records.push_back({kManual, manual_bytes(settings.addresses)});
  if (!settings.gateways.empty()) records.push_back({kGateway, address_bytes(settings.gateways)});
  std::ranges::stable_sort(records, {}, &Ip6Settings::Other::type);
  std::size_t size = sizeof(Header) + records.size() * sizeof(DataItem);
  for (const auto& record : records) size += record.data.size();
  std::vector<std::byte> out(size);
  const std::span<std::byte> all(out);
  std::size_t heap = size;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& data = records[i].data;
    heap -= data.size();
    std::ranges::copy(data, out.begin() + static_cast<std::ptrdiff_t>(heap));
    write_at(all, sizeof(Header) + i * sizeof(DataItem),
             DataItem{le16(static_cast<std::uint16_t>(heap)), 0,
                      le32(static_cast<std::uint32_t>(data.size())), le32(records[i].type)});
  }
  write_at(all, 0, Header{le32(settings.iaid), 0, le16(static_cast<std::uint16_t>(records.size()))});
  write_at(all, offsetof(Header, checksum), le16(static_cast<std::uint16_t>(~sum_of(out))));
  return out;
}

Ip6Settings fresh_ip6(const std::string& mac) {
  Ip6Settings out;
  const auto octets = boot::mac_octets(mac);
  for (std::size_t i = 0; i < octets.size(); ++i) out.iaid ^= std::uint32_t{octets[i]} << (8 * i & 31);
  out.others.push_back({kProbes, number_bytes(1)});
  return out;
}

const Ip6Settings::Manual* Ip6Settings::own_address() const {
  return policy == Policy::manual && !addresses.empty() ? &addresses.front() : nullptr;
}

std::string to_string(const Ip6Settings& settings) {
  if (settings.policy == Ip6Settings::Policy::automatic) return "automatic";
  std::string out = "manual";
  for (const auto& manual : settings.addresses)
    out += fmt::format(", {}/{}", address_text(manual.address, true), manual.prefix);
  if (settings.addresses.empty()) out += ", no address";
  for (const auto& gateway : settings.gateways) out += ", gateway " + address_text(gateway, true);
  return out;
}

}  // namespace san::flash
