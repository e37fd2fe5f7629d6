// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_network.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "boot/ip_address.h"
#include "boot/mac_address.h"
#include "core/error.h"

namespace san::boot {
namespace {

constexpr const char* kPortalForm = "the form is ADDRESS[:PORT], with an IPv6 address in brackets";

void read_mac(const Section& section, BootProfile& profile) {
  const std::string text = section.text("mac");
  if (text.empty()) return;
  if (const auto fault = mac_fault(text))
    section.fault("mac", text, *fault);
  else
    profile.mac = parse_mac(text)->to_string();
}

/// Returns the fault of `address` as that of a machine in a network of that prefix.
std::optional<Fault> host_fault(const IpAddress& address, unsigned prefix) {
  if (is_no_host(address)) return Fault{"is an address that no machine can have", ""};
  // RFC 1122, 3.2.1.3; networks of two addresses have neither (RFC 3021).
  if (address.bits == 32 && prefix <= 30) {
    if (host_part_is(address, prefix, false)) return Fault{"is the address of the network itself", ""};
    if (host_part_is(address, prefix, true)) return Fault{"is the broadcast address of the network", ""};
  }
  return std::nullopt;
}

/// Parses ADDRESS/PREFIX (RFC 4632, 3.1; RFC 4291, 2.3).
std::optional<IpAddress> read_address(const Section& section, BootProfile& profile) {
  const std::string text = section.text("address");
  if (text.empty()) return std::nullopt;
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) {
    section.fault("address", text, {"is not an IPv4 or IPv6 address", "write it like 192.0.2.15/24"});
    return std::nullopt;
  }
  if (slash == std::string::npos) {
    section.fault("address", text,
                  {"has no prefix, the number of bits of its network",
                   fmt::format("write it like {}/{}", text, address->bits == 32 ? 24 : 64)});
    return std::nullopt;
  }
  const std::string_view number = std::string_view(text).substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), prefix);
  if (error != std::errc{} || end != number.data() + number.size() || prefix < 1 || prefix > address->bits) {
    section.fault("address", text,
                  {fmt::format("has a prefix that is not between 1 and {}", address->bits), ""});
    return std::nullopt;
  }
  if (const auto fault = host_fault(*address, prefix)) {
    section.fault("address", text, *fault);
    return std::nullopt;
  }
  profile.address = to_string(*address);
  profile.prefix = prefix;
  return address;
}

void read_gateway(const Section& section, const std::optional<IpAddress>& address, BootProfile& profile) {
  const std::string text = section.text("gateway");
  if (text.empty()) return;
  const auto gateway = parse_ip(text);
  if (!gateway) {
    section.fault("gateway", text, {"is not an IPv4 or IPv6 address", ""});
    return;
  }
  profile.gateway = to_string(*gateway);
  if (!address) return;
  const unsigned prefix = *profile.prefix;
  if (gateway->bits != address->bits)
    section.fault("gateway", text,
                  {fmt::format("is of another kind than the address {}", profile.address), ""});
  else if (*gateway == *address)
    section.fault("gateway", text, {"is the address of the machine itself", ""});
  else if (const auto fault = host_fault(*gateway, prefix))
    section.fault("gateway", text, *fault);
  else if (!same_network(*gateway, *address, prefix) && !is_link_local_v6(*gateway))
    // IPv6 routers are known by their link-local addresses (RFC 4861, 6.1.2).
    section.fault("gateway", text,
                  {fmt::format("is not in the network of {}/{}", profile.address, prefix), ""});
}

/// Checks a host name: labels of letters, digits and hyphens (RFC 1123, 2.1), 253 characters in all (RFC
/// 1035, 2.3.4).
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const std::string_view label = name.substr(0, name.find('.'));
    const bool good =
        !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
        label.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
            std::string_view::npos;
    if (!good) return false;
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

/// `zone` is true if an IPv6 address may name an interface of this machine (RFC 4007, 11).
std::optional<iscsi::Portal> read_portal(const Section& section, const char* key, const std::string& text,
                                         bool zone) {
  const auto wrong = [&](const std::string& why) {
    section.fault(key, text, {"is not a portal" + (why.empty() ? "" : ": " + why), kPortalForm});
    return std::nullopt;
  };
  if (text.find_first_of("/@") != std::string::npos) return wrong("");
  iscsi::Portal portal;
  try {
    portal = iscsi::parse_portal(text);
  } catch (const Error& error) {
    return wrong(error.cause());
  }
  const std::string& host = portal.host;
  if (text.front() == '[') {
    const auto percent = host.find('%');
    if (percent != std::string::npos && !zone) return wrong("an interface (%) is known to one machine only");
    const auto address = parse_ip(host.substr(0, percent));
    if (!address || address->bits != 128) return wrong(fmt::format("\"{}\" is not an IPv6 address", host));
  } else if (host.find_first_not_of("0123456789.") == std::string::npos) {
    if (!parse_ip(host)) return wrong(fmt::format("\"{}\" is not an IPv4 address", host));
  } else if (!is_host_name(host)) {
    return wrong(fmt::format("\"{}\" is not the name of a host (RFC 1123, 2.1)", host));
  }
  return portal;
}

}  // namespace

void read_network(const Section& initiator, BootProfile& profile) {
  read_mac(initiator, profile);
  const auto address = read_address(initiator, profile);
  profile.dhcp = initiator.boolean("dhcp").value_or(!initiator.has("address"));
  read_gateway(initiator, address, profile);
  if (profile.dhcp) {
    for (const char* key : {"address", "gateway"})
      if (initiator.has(key))
        initiator.fault(key,
                        {"is given, and the machine gets it by DHCP", "leave it out, or set dhcp = false"});
  } else if (!initiator.has("address")) {
    initiator.fault("dhcp", {"is false, and there is no address", "give address = \"ADDRESS/PREFIX\""});
  }
  profile.vlan = static_cast<std::uint16_t>(initiator.number("vlan", 0, kMaxVlan, "IEEE 802.1Q").value_or(0));
}

void read_portals(const Section& target, BootProfile& profile) {
  if (!target.present()) return;
  const char* key = target.has("portals") ? "portals" : "portal";
  if (target.has("portal") && target.has("portals"))
    target.fault("portals", {"is given beside portal", "leave out one of them"});
  std::vector<std::string> texts;
  if (target.has("portals")) {
    texts = target.list("portals");
    if (texts.size() > 2)
      target.fault("portals",
                   {fmt::format("has {} portals, and firmware takes one or two", texts.size()), ""});
  } else if (const std::string text = target.required_text("portal", kPortalForm); !text.empty()) {
    texts.push_back(text);
  }
  for (const std::string& text : texts)
    if (const auto portal = read_portal(target, key, text, false)) profile.portals.push_back(*portal);
  if (profile.portals.size() == 2 && profile.portals[0] == profile.portals[1])
    target.fault("portals", {"are the same one twice", "write portal = \"…\" for one"});
  if (const std::string reach = target.text("reach"); !reach.empty())
    profile.reach = read_portal(target, "reach", reach, true);
}

}  // namespace san::boot
