// SPDX-License-Identifier: Apache-2.0
#include "boot/ip_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>

namespace san::boot {
namespace {

bool bit(const IpAddress& address, unsigned number) {
  return (address.bytes[number / 8] >> (7 - number % 8) & 1U) != 0;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address = {};
  address.bits = 128;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  inet_ntop(address.bits == 32 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::string dotted_mask(unsigned prefix) {
  const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - std::min(prefix, 32U));
  return fmt::format("{}.{}.{}.{}", mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
}

bool same_network(const IpAddress& a, const IpAddress& b, unsigned prefix) {
  if (a.bits != b.bits) return false;
  for (unsigned i = 0; i < std::min(prefix, a.bits); ++i)
    if (bit(a, i) != bit(b, i)) return false;
  return true;
}

bool host_part_is(const IpAddress& address, unsigned prefix, bool value) {
  for (unsigned i = prefix; i < address.bits; ++i)
    if (bit(address, i) != value) return false;
  return true;
}

bool is_link_local_v6(const IpAddress& address) {
  return address.bits == 128 && address.bytes[0] == 0xFE && (address.bytes[1] & 0xC0U) == 0x80;
}

bool is_no_host(const IpAddress& address) {
  const std::uint8_t first = address.bytes[0];
  if (address.bits == 32) return first == 0 || first == 127 || first >= 224;
  if (first == 0xFF) return true;
  return std::all_of(address.bytes.begin(), address.bytes.end() - 1, [](std::uint8_t b) { return b == 0; }) &&
         address.bytes[15] <= 1;
}

}  // namespace san::boot
