// SPDX-License-Identifier: Apache-2.0
#include "flash/ip_order.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace san::flash {
namespace {

IpBytes ordered(IpBytes bytes, IpOrder order) {
  if (order == IpOrder::reversed) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::uint32_t value(const IpBytes& bytes, IpOrder order) {
  std::uint32_t result = 0;
  for (const std::uint8_t byte : ordered(bytes, order)) result = result << 8 | byte;
  return result;
}

}  // namespace

std::optional<unsigned> mask_prefix(const IpBytes& mask, IpOrder order) {
  const std::uint32_t bits = value(mask, order);
  const auto ones = static_cast<unsigned>(std::countl_one(bits));
  if (ones + static_cast<unsigned>(std::countr_zero(bits)) < 32) return std::nullopt;
  return ones;
}

std::optional<IpOrder> mask_order(const IpBytes& mask) {
  const bool network = mask_prefix(mask, IpOrder::network).has_value();
  const bool reversed = mask_prefix(mask, IpOrder::reversed).has_value();
  if (network == reversed) return std::nullopt;
  return network ? IpOrder::network : IpOrder::reversed;
}

std::string ip_text(const IpBytes& bytes, IpOrder order) {
  const IpBytes b = ordered(bytes, order);
  return fmt::format("{}.{}.{}.{}", b[0], b[1], b[2], b[3]);
}

std::optional<IpBytes> ip_bytes(const std::string& text, IpOrder order) {
  in_addr address = {};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
  IpBytes bytes = {};
  std::memcpy(bytes.data(), &address, bytes.size());
  return ordered(bytes, order);
}

IpBytes mask_bytes(unsigned prefix, IpOrder order) {
  const std::uint32_t bits = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
  IpBytes bytes = {};
  for (unsigned i = 0; i < 4; ++i) bytes.at(i) = static_cast<std::uint8_t>(bits >> (24 - 8 * i));
  return ordered(bytes, order);
}

const char* to_string(IpOrder order) {
  return order == IpOrder::network ? "network" : "reversed";
}

}  // namespace san::flash
