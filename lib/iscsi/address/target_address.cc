// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/target_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"

namespace san::iscsi {
namespace {

/// Returns the reason why no initiator can connect to the address `host`; empty if there is none or `host` is
/// a name.
std::string address_problem(const std::string& host) {
  in_addr four = {};
  in6_addr six = {};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
    const std::uint32_t address = ntohl(four.s_addr);
    if (address == 0) return "the wildcard address: the target does not know its own address";
    if (address >> 28 == 0xE || address == 0xFFFFFFFFU) return "a multicast or broadcast address";
  } else if (inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &six) == 1) {
    if (IN6_IS_ADDR_UNSPECIFIED(&six))
      return "the wildcard address: the target does not know its own address";
    if (IN6_IS_ADDR_MULTICAST(&six)) return "a multicast address";
  }
  return {};
}

}  // namespace

TargetAddress parse_target_address(std::string_view text) {
  TargetAddress result;
  result.text = text;
  const auto comma = text.rfind(',');
  const std::string_view portal = text.substr(0, comma);
  if (comma != std::string_view::npos) {
    const std::string_view tag = text.substr(comma + 1);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), value);
    if (tag.empty() || error != std::errc() || end != tag.data() + tag.size() || value > 0xFFFF)
      result.problem = fmt::format("\"{}\" is not a portal group tag", tag);
    else
      result.group = static_cast<std::uint16_t>(value);
  }
  try {
    result.portal = parse_portal(portal);
  } catch (const Error& error) {
    // Some targets write IPv6 addresses without brackets; then it is not clear where the port begins.
    result.problem = error.cause();
    return result;
  }
  // RFC 1035, 2.3.4; a longer name would only fail later.
  if (result.portal->host.size() > 255) {
    result.portal.reset();
    result.problem = "a host name of more than 255 bytes";
  } else if (const std::string why = address_problem(result.portal->host); !why.empty()) {
    result.problem = why;
  }
  return result;
}

std::string target_name_problem(std::string_view name) {
  if (!name_fault(name, NameRules::existing)) return {};
  if (name.size() > kMaxNameBytes)
    return fmt::format("a name of {} bytes, at most {} are allowed", name.size(), kMaxNameBytes);
  return "not an iSCSI name (iqn., eui. or naa.)";
}

}  // namespace san::iscsi
