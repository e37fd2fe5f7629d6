// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <optional>

#include "boot/export/exports.h"
#include "boot/export/ipxe_word.h"
#include "boot/ip_address.h"
#include "boot/profile/root_path.h"

namespace san::boot {
namespace {

constexpr const char* kIpxe = "ipxe";

IpxeWord word(const BootProfile& profile, const std::string& what, const std::string& text) {
  if (auto made = ipxe_word(text)) return *std::move(made);
  throw cannot_carry(
      profile, kIpxe,
      fmt::format("the {} has what iPXE's command line cannot express: a space, a character beyond "
                  "ASCII, a dash or # in front, a backslash at the end, an expansion or an "
                  "operator",
                  what),
      "change it, here and on the target");
}

void find_nic(IpxeScript& script, const IpxeWord& mac) {
  script.add(
      "set nic:int32 0\n"
      ":next\n"
      "isset ${net${nic}/mac} || goto missing\n"
      "iseq ${net${nic}/mac} {} && goto found ||\n"
      "inc nic\n"
      "goto next\n"
      ":missing\n"
      "echo No NIC has the address {}\n"
      "goto failed\n"
      ":found\n",
      mac, mac);
}

void set_up_network(IpxeScript& script, const BootProfile& profile, const IpxeWord& nic) {
  if (profile.dhcp) {
    script.add("ifconf --configurator dhcp {} || goto failed\n", nic);
    return;
  }
  script.add("ifopen {} || goto failed\n", nic);
  script.add("set {}/ip {}\n", nic, word(profile, "machine's address", profile.address));
  script.add("set {}/netmask {}\n", nic, word(profile, "netmask", dotted_mask(profile.prefix.value_or(32))));
  if (!profile.gateway.empty())
    script.add("set {}/gateway {}\n", nic, word(profile, "gateway", profile.gateway));
}

void set_login(IpxeScript& script, const BootProfile& profile, IpxeText user_setting, const std::string& user,
               IpxeText secret_setting, const std::string& secret) {
  if (user.empty()) return;
  const std::string what = "CHAP user or secret";
  script.add("set {} {}\nset {} {}\n", user_setting, word(profile, what, user), secret_setting,
             word(profile, what, secret));
}

void check_for_ipxe(const BootProfile& profile, const iscsi::Credentials& auth) {
  require_bootable(profile, kIpxe);
  // sockaddr_in is assumed when the iBFT is built (src/drivers/block/ibft.c).
  for (const iscsi::Portal& portal : profile.portals)
    if (const auto address = parse_ip(portal.host); address && address->bits == 128)
      throw cannot_carry(profile, kIpxe,
                         fmt::format("the portal {} is IPv6, and iPXE's iBFT is not", portal.host),
                         "use an IPv4 portal, or the firmware's own initiator");
  if (!profile.dhcp) {
    const auto address = parse_ip(profile.address);
    if (!address || address->bits != 32)
      throw cannot_carry(profile, kIpxe, "the machine has no IPv4 address", "give its address, or use DHCP");
  }
  require_ipxe_space(profile, auth, {}, kIpxe);
}

}  // namespace

std::string ipxe_script(const BootProfile& profile, const iscsi::Credentials& auth) {
  check_for_ipxe(profile, auth);
  IpxeScript script;
  const IpxeWord initiator = word(profile, "machine's name", profile.initiator);
  if (!auth.user.empty()) script.comment("This file holds CHAP secrets: keep it to yourself (mode 0600).");
  script.comment(fmt::format("{} boots from {}, LUN {}.", profile.initiator, profile.target, profile.lun));
  const IpxeText name = profile.mac.empty() ? IpxeText("net0") : IpxeText("net${nic}");
  IpxeWord nic = ipxe_device(name, std::nullopt);
  if (!profile.mac.empty()) find_nic(script, word(profile, "NIC's address", profile.mac));
  // The script may have been loaded over another NIC with a route to this network.
  script.add("ifclose\n");
  if (profile.vlan != 0) {
    const IpxeWord vlan = word(profile, "VLAN", std::to_string(profile.vlan));
    script.add("vcreate --tag {} {} || goto failed\n", vlan, nic);
    nic = ipxe_device(name, vlan);
  }
  set_up_network(script, profile, nic);
  script.add("set initiator-iqn {}\n", initiator);
  set_login(script, profile, "username", auth.user, "password", auth.secret);
  set_login(script, profile, "reverse-username", auth.target_user, "reverse-password", auth.target_secret);
  std::vector<IpxeWord> paths;
  for (const iscsi::Portal& portal : profile.portals)
    paths.push_back(word(profile, "portal or target's name", root_path(profile, portal)));
  script.add(
      "sanboot --drive 0x80 {} || goto failed\n"
      ":failed\n"
      "echo The machine does not boot from its LUN\n"
      "sleep 10\n"
      "exit 1\n",
      IpxeWords(paths));
  return script.text();
}

}  // namespace san::boot
