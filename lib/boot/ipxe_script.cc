// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "boot/exports.h"
#include "boot/ip_address.h"
#include "boot/root_path.h"

namespace san::boot {
namespace {

constexpr const char* kFormat = "ipxe";

/// iPXE's command line has no quotes: words are divided by spaces, ${name} is replaced, and && and || are
/// operators.
void check_word(const BootProfile& profile, const std::string& what, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (plain && text.find("${") == std::string::npos && text != "&&" && text != "||" && text.front() != '-')
    return;
  throw cannot_carry(
      profile, kFormat,
      fmt::format("the {} has a space, a character beyond ASCII, a leading dash or an expansion", what),
      "change it, here and on the target");
}

std::string network(const BootProfile& profile, const std::string& nic) {
  if (profile.dhcp) return fmt::format("ifconf --configurator dhcp {} || goto failed\n", nic);
  std::string out = fmt::format("ifopen {0} || goto failed\nset {0}/ip {1}\nset {0}/netmask {2}\n", nic,
                                profile.address, dotted_mask(profile.prefix.value_or(32)));
  if (!profile.gateway.empty()) out += fmt::format("set {}/gateway {}\n", nic, profile.gateway);
  return out;
}

void check(const BootProfile& profile, const iscsi::Credentials& auth) {
  require_bootable(profile, kFormat);
  // sockaddr_in is taken for granted where the iBFT is made (src/drivers/block/ibft.c).
  for (const iscsi::Portal& portal : profile.portals)
    if (const auto address = parse_ip(portal.host); address && address->bits == 128)
      throw cannot_carry(profile, kFormat,
                         fmt::format("the portal {} is IPv6, and iPXE's iBFT is not", portal.host),
                         "use an IPv4 portal, or the firmware's own initiator");
  if (!profile.dhcp) {
    const auto address = parse_ip(profile.address);
    if (!address || address->bits != 32)
      throw cannot_carry(profile, kFormat, "the machine has no IPv4 address",
                         "give its address, or use DHCP");
  }
  check_word(profile, "machine's name", profile.initiator);
  check_word(profile, "target's name", profile.target);
  for (const std::string* word : std::initializer_list<const std::string*>{
           &auth.user, &auth.secret, &auth.target_user, &auth.target_secret})
    if (!word->empty()) check_word(profile, "CHAP user or secret", *word);
  require_ipxe_room(profile, auth, {}, kFormat);
}

}  // namespace

std::string ipxe_script(const BootProfile& profile, const iscsi::Credentials& auth) {
  check(profile, auth);
  std::string out = "#!ipxe\n";
  if (!auth.user.empty()) out += "# This file holds CHAP secrets: keep it to yourself (mode 0600).\n";
  out += fmt::format("# {} boots from {}, LUN {}.\n", profile.initiator, profile.target, profile.lun);
  std::string nic = "net0";
  if (!profile.mac.empty()) {
    nic = "net${nic}";
    out += fmt::format(
        "set nic:int32 0\n"
        ":next\n"
        "isset ${{net${{nic}}/mac}} || goto missing\n"
        "iseq ${{net${{nic}}/mac}} {} && goto found ||\n"
        "inc nic\n"
        "goto next\n"
        ":missing\n"
        "echo There is no NIC with the address {}\n"
        "goto failed\n"
        ":found\n",
        profile.mac, profile.mac);
  }
  // What brought the script may be another NIC, with a route to the same network.
  out += "ifclose\n";
  if (profile.vlan != 0) {
    out += fmt::format("vcreate --tag {0} {1} || goto failed\n", profile.vlan, nic);
    nic += fmt::format("-{}", profile.vlan);
  }
  out += network(profile, nic);
  out += fmt::format("set initiator-iqn {}\n", profile.initiator);
  if (!auth.user.empty()) out += fmt::format("set username {}\nset password {}\n", auth.user, auth.secret);
  if (!auth.target_user.empty())
    out += fmt::format("set reverse-username {}\nset reverse-password {}\n", auth.target_user,
                       auth.target_secret);
  out += "sanboot --drive 0x80";
  for (const iscsi::Portal& portal : profile.portals) out += " " + root_path(profile, portal);
  out +=
      " || goto failed\n"
      ":failed\n"
      "echo The machine does not boot from its LUN\n"
      "sleep 10\n"
      "exit 1\n";
  return out;
}

}  // namespace san::boot
