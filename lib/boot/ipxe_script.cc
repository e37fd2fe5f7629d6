// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "boot/exports.h"
#include "boot/ip_address.h"
#include "boot/ipxe_word.h"
#include "boot/root_path.h"

namespace san::boot {
namespace {

constexpr const char* kFormat = "ipxe";

IpxeWord word(const BootProfile& profile, const std::string& what, const std::string& text) {
  if (auto made = ipxe_word(text)) return *std::move(made);
  throw cannot_carry(
      profile, kFormat,
      fmt::format("the {} has what iPXE's command line cannot say: a space, a character beyond "
                  "ASCII, a dash or # in front, a backslash at the end, an expansion or an "
                  "operator",
                  what),
      "change it, here and on the target");
}

/// The NIC, or a VLAN of it.
struct Nic {
  Literal name;
  std::optional<IpxeWord> vlan;
};

void add(IpxeScript& script, IpxePart before, const Nic& nic, std::initializer_list<IpxePart> behind) {
  script.add({before, nic.name});
  if (nic.vlan) script.add({"-", *nic.vlan});
  script.add(behind);
}

void find_nic(IpxeScript& script, const IpxeWord& mac) {
  script.add(
      {"set nic:int32 0\n"
       ":next\n"
       "isset ${net${nic}/mac} || goto missing\n"
       "iseq ${net${nic}/mac} ",
       mac,
       " && goto found ||\n"
       "inc nic\n"
       "goto next\n"
       ":missing\n"
       "echo There is no NIC with the address ",
       mac,
       "\n"
       "goto failed\n"
       ":found\n"});
}

void set_up_network(IpxeScript& script, const BootProfile& profile, const Nic& nic) {
  if (profile.dhcp) {
    add(script, "ifconf --configurator dhcp ", nic, {" || goto failed\n"});
    return;
  }
  add(script, "ifopen ", nic, {" || goto failed\n"});
  add(script, "set ", nic, {"/ip ", word(profile, "machine's address", profile.address), "\n"});
  add(script, "set ", nic,
      {"/netmask ", word(profile, "netmask", dotted_mask(profile.prefix.value_or(32))), "\n"});
  if (!profile.gateway.empty())
    add(script, "set ", nic, {"/gateway ", word(profile, "gateway", profile.gateway), "\n"});
}

void set_login(IpxeScript& script, const BootProfile& profile, Literal user_setting, const std::string& user,
               Literal secret_setting, const std::string& secret) {
  if (user.empty()) return;
  const std::string what = "CHAP user or secret";
  script.add({"set ", user_setting, " ", word(profile, what, user), "\nset ", secret_setting, " ",
              word(profile, what, secret), "\n"});
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
  require_ipxe_room(profile, auth, {}, kFormat);
}

}  // namespace

std::string ipxe_script(const BootProfile& profile, const iscsi::Credentials& auth) {
  check(profile, auth);
  IpxeScript script;
  const IpxeWord initiator = word(profile, "machine's name", profile.initiator);
  if (!auth.user.empty()) script.comment("This file holds CHAP secrets: keep it to yourself (mode 0600).");
  script.comment(fmt::format("{} boots from {}, LUN {}.", profile.initiator, profile.target, profile.lun));
  Nic nic{profile.mac.empty() ? Literal("net0") : Literal("net${nic}"), std::nullopt};
  if (!profile.mac.empty()) find_nic(script, word(profile, "NIC's address", profile.mac));
  // What brought the script may be another NIC, with a route to the same network.
  script.add({"ifclose\n"});
  if (profile.vlan != 0) {
    const IpxeWord vlan = word(profile, "VLAN", std::to_string(profile.vlan));
    script.add({"vcreate --tag ", vlan, " ", nic.name, " || goto failed\n"});
    nic.vlan = vlan;
  }
  set_up_network(script, profile, nic);
  script.add({"set initiator-iqn ", initiator, "\n"});
  set_login(script, profile, "username", auth.user, "password", auth.secret);
  set_login(script, profile, "reverse-username", auth.target_user, "reverse-password", auth.target_secret);
  script.add({"sanboot --drive 0x80"});
  for (const iscsi::Portal& portal : profile.portals)
    script.add({" ", word(profile, "portal or target's name", root_path(profile, portal))});
  script.add(
      {" || goto failed\n"
       ":failed\n"
       "echo The machine does not boot from its LUN\n"
       "sleep 10\n"
       "exit 1\n"});
  return script.text();
}

}  // namespace san::boot
