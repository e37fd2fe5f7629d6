// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <array>

#include "boot/ip_address.h"
#include "boot/profile/profile_login.h"
#include "boot/profile/root_path.h"
#include "core/text/table.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/url.h"
#include "open/open_device.h"
#include "preflight/check/check.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/profile/vlan_checks.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

std::string shown_path(const boot::BootProfile& plan) {
  return printable(plan.path);
}

Outcome no_plan() {
  return not_applicable("there is no boot profile");
}

/// The machine's NIC: by its PCI id or driver, and by the address of the profile.
Outcome nic_known(Subject& subject) {
  const BootNic& nic = subject.nic();
  const boot::BootProfile* const plan = subject.profile();
  const bool here = subject.options().live && plan != nullptr && !plan->mac.empty();
  if (here && nic.interface.empty() && subject.options().nic.empty())
    return fail({{shown_path(*plan), plan->mac, "the address of a NIC of this machine"}},
                "Correct mac of [initiator] in the profile: ip -br link lists the addresses.");
  if (here && !nic.interface.empty() && nic.mac != plan->mac)
    return fail({{nic.interface, nic.mac, plan->mac + ", of the profile"}},
                "Name the NIC with that address by --nic, or correct mac of [initiator] in the profile.");
  if (!nic.known() && nic.mac.empty())
    return unknown(
        "it is not known which NIC the machine boots from",
        "--nic with its PCI id as lspci -nn prints it (8086:100e), its driver, or its name on this machine");
  std::string found = nic.driver;
  if (nic.vendor && nic.device)
    found += fmt::format("{}{:04x}:{:04x}", found.empty() ? "" : ", ", *nic.vendor, *nic.device);
  if (!nic.mac.empty()) found += (found.empty() ? "" : ", ") + nic.mac;
  Outcome outcome = pass({{nic.interface.empty() ? "boot NIC" : nic.interface, printable(found), {}}});
  if (plan != nullptr && plan->mac.empty()) {
    outcome = fail({{shown_path(*plan), "no mac in [initiator]", "the address of the NIC to boot from"}},
                   "Say the address in the profile: with several NICs nothing else tells which one it is.");
    outcome.lowered = Severity::warning;
  }
  return outcome;
}

/// iPXE's iBFT has no IPv6. The firmware of UEFI describes it, but iscsistart, which makes the connection
/// again for initramfs-tools, brings a NIC up by IPv4 only (open-iscsi, usr/iscsi_net_util.c: Debian 12 with
/// OVMF stops there).
bool loses_ip6(Subject& subject) {
  if (subject.firmware() == boot::Firmware::bios) return true;
  const os::LinuxSystem* const system = subject.linux_system();
  return system != nullptr && tool_of(*system) == os::InitramfsTool::initramfs_tools;
}

Outcome address_family(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_plan();
  std::vector<Evidence> bad;
  for (const iscsi::Portal& portal : plan->portals)
    if (const auto address = boot::parse_ip(portal.host); address && address->bits == 128)
      bad.push_back({shown_path(*plan), "portal " + printable(to_string(portal)), "an IPv4 address"});
  if (!bad.empty()) {
    Outcome outcome =
        fail(std::move(bad),
             "Give the target an IPv4 portal: iPXE describes no other to the operating system, and "
             "what UEFI describes is of no use to Debian's iscsistart.");
    if (!loses_ip6(subject)) outcome.lowered = Severity::warning;
    return outcome;
  }
  // Windows routes to the target through the gateway of the iBFT even where that is on the same network
  // (KB960104): harmless where there is none, or it forwards.
  const auto own = boot::parse_ip(plan->address), gateway = boot::parse_ip(plan->gateway);
  if (subject.content() == nullptr || subject.windows_system() == nullptr || !own || !gateway ||
      !plan->prefix)
    return pass();
  for (const iscsi::Portal& portal : plan->portals)
    if (const auto address = boot::parse_ip(portal.host);
        address && same_network(*own, *address, *plan->prefix)) {
      Outcome outcome =
          fail({{shown_path(*plan),
                 fmt::format("gateway {}, and {} is on the same network", plan->gateway, portal.host),
                 "no gateway in the iBFT"}},
               "Windows goes to the target through the gateway even then: have iPXE set netX/gateway "
               "0.0.0.0 before sanboot, or see that the gateway forwards.");
      outcome.lowered = Severity::warning;
      return outcome;
    }
  return pass();
}

Outcome ibft_space(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_plan();
  if (subject.firmware() == boot::Firmware::uefi)
    return not_applicable("with UEFI, iPXE has enough room for the iBFT");
  boot::BootProfile bios = *plan;
  bios.firmware = boot::Firmware::bios;
  const iscsi::Credentials auth = boot::credentials(bios);
  try {
    boot::require_ipxe_space(bios, auth, boot::host_name(bios), "iPXE");
  } catch (const Error& error) {
    return fail({{shown_path(*plan), error.cause(), {}}}, error.hint());
  }
  return pass();
}

Outcome san_uris(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  const MachineFacts* const machine = subject.machine();
  const auto ibft = machine != nullptr ? live_ibft(*machine) : std::nullopt;
  const std::size_t slots = ibft ? ibft->table.target_slots : 0;
  if (slots > 2)
    return fail(
        {{"iBFT", fmt::format("offsets of {} targets", slots), "of two at most"}},
        "Linux ignores an iBFT with more than two targets: give iPXE two SAN URIs at most, and add the other "
        "paths in the running system.");
  if (plan == nullptr && slots > 0) return pass();
  if (plan == nullptr && machine != nullptr)
    return not_applicable("there is neither a boot profile nor an iBFT");
  if (plan == nullptr) return no_plan();
  // read_boot_profile() refuses more than two.
  return pass({{shown_path(*plan),
                fmt::format("{} portal{}", plan->portals.size(), plan->portals.size() == 1 ? "" : "s"),
                {}}});
}

/// Whether the LUN on the command line is another one than the profile's; what is examined would not be what
/// the machine boots.
std::optional<Evidence> other_lun(Subject& subject, const boot::BootProfile& plan) {
  const std::string& device = subject.options().device;
  if (!is_lun(device) || profile_file(device)) return std::nullopt;
  const iscsi::Url url = iscsi::parse_url(device);
  if (url.target == plan.target && url.lun == plan.lun) return std::nullopt;
  return Evidence{printable(device), fmt::format("LUN {} of {}", url.lun, printable(url.target)),
                  fmt::format("LUN {} of {}, as the profile says", plan.lun, printable(plan.target))};
}

Outcome root_path_good(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_plan();
  if (plan->priority == boot::Priority::disabled)
    return fail({{shown_path(*plan), "priority = \"disabled\"", "\"primary\" or \"secondary\""}},
                "The profile says that this NIC does not boot: change its priority.");
  if (const auto other = other_lun(subject, *plan))
    return fail({*other}, "Examine the LUN of the profile, or correct the profile.");
  if (const auto fault = iscsi::name_fault(plan->target, iscsi::NameRules::portable))
    return fail({{shown_path(*plan), "target " + printable(plan->target) + " " + fault->cause, {}}},
                fault->hint);
  std::vector<Evidence> paths;
  for (const iscsi::Portal& portal : plan->portals)
    paths.push_back({"root path", printable(boot::root_path(*plan, portal)), {}});
  return pass(std::move(paths));
}

Outcome initiator_name(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_plan();
  if (const auto fault = iscsi::name_fault(plan->initiator, iscsi::NameRules::portable))
    return fail({{shown_path(*plan), printable(plan->initiator) + " " + fault->cause, {}}}, fault->hint);
  const std::string& typed = subject.options().login.initiator;
  if (!typed.empty() && typed != plan->initiator)
    return fail({{"--initiator", printable(typed), printable(plan->initiator) + ", as the profile says"}},
                "The target is queried under another name than that of the machine that boots: leave "
                "--initiator out.");
  return pass({{"initiator-iqn (DHCP option 203)", printable(plan->initiator), {}}});
}

/// Characters that a secret or a name loses on its way through the configuration of a DHCP server.
bool is_fragile(const std::string& text) {
  return text.find_first_of(" \t,;:\"'\\#") != std::string::npos;
}

Outcome credentials_mix(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_plan();
  if (plan->user.empty() && !plan->target_user.empty())
    return fail({{shown_path(*plan), "mutual CHAP without CHAP", "a user"}},
                "Give the machine a user and a secret, too: iPXE refuses that as a bad credential mix.");
  if (plan->user.empty()) return pass({{shown_path(*plan), "no CHAP", {}}});
  const iscsi::Credentials auth = boot::credentials(*plan);
  std::vector<Evidence> bad;
  const auto look = [&bad, plan](const std::string& text, const std::string& what) {
    if (is_fragile(text))
      bad.push_back(
          {shown_path(*plan), what + " has a space or a mark of punctuation", "letters and digits"});
  };
  look(auth.user, "the user");
  look(auth.secret, "the secret");
  look(auth.target_user, "the target's user");
  look(auth.target_secret, "the target's secret");
  if (bad.empty()) return pass({{shown_path(*plan), auth.target_user.empty() ? "CHAP" : "mutual CHAP", {}}});
  Outcome outcome = fail(std::move(bad),
                         "DHCP servers and iPXE scripts give such characters a meaning of their own: use "
                         "letters, digits, '.' and '-'.");
  outcome.lowered = Severity::warning;
  return outcome;
}

constexpr std::array<Check, 8> kChecks = {{
    {"NET-01", Severity::blocker, Scope::plan, "boot NIC is not identified", "boot NIC is identified",
     "Which NIC the machine boots from: --nic (PCI id, driver or interface), and its address in the profile. "
     "With --live, a NIC of this machine has that address; without a profile, the iBFT or the session of "
     "\"/\" tells.",
     nic_known, Scope::machine},
    {"NET-06", Severity::blocker, Scope::plan, "VLAN of the plan is not set up by the system",
     "VLAN of the plan is set up by the system",
     "Where the profile has a VLAN: the module 8021q in the initramfs of every kernel that can be started. "
     "With --live, the tag is that of the iBFT, too, and an interface has it.",
     vlan_module, Scope::machine},
    {"IBFT-04", Severity::blocker, Scope::plan, "iBFT cannot describe the addresses, or leads Windows astray",
     "iBFT can describe the addresses without misleading Windows",
     "Portals have IPv4 addresses: iPXE's iBFT knows no others, and iscsistart, of initramfs-tools, takes no "
     "others; only a warning where UEFI boots something else. And for Windows, as a warning, no gateway "
     "where the target is on the machine's own network.",
     address_family},
    {"IBFT-05", Severity::blocker, Scope::plan, "names and secrets do not fit into iPXE's iBFT",
     "names and secrets fit into iPXE's iBFT",
     "On a BIOS, iPXE has 256 bytes for all names and secrets of the iBFT; computed from the profile.",
     ibft_space},
    {"IBFT-06", Severity::blocker, Scope::plan, "more portals than Linux reads from an iBFT",
     "Linux can read every portal from the iBFT",
     "The profile has two portals at most, and with --live the iBFT of this machine two targets: iPXE writes "
     "one for more, and Linux ignores it.",
     san_uris, Scope::machine},
    {"IPXE-01", Severity::blocker, Scope::plan, "root path is wrong, or of another LUN",
     "root path is correct and names the right LUN",
     "The root path that iPXE gets (RFC 4173) is made from the profile and shown; the profile lets the NIC "
     "boot, and its LUN is the one that is examined.",
     root_path_good},
    {"IPXE-02", Severity::blocker, Scope::plan, "iPXE would send another initiator name",
     "iPXE can send the planned initiator name",
     "The initiator name of the profile is a right one, and the one that the target is asked with. DHCP "
     "option 203 or the setting initiator-iqn has to carry it: else iPXE makes one of host name or UUID. "
     "Whether the target takes it is TGT-02.",
     initiator_name},
    {"IPXE-03", Severity::blocker, Scope::plan, "CHAP credentials would not reach the target as they are",
     "CHAP credentials would reach the target unchanged",
     "No mutual CHAP without CHAP; and no characters in names and secrets that get lost in the configuration "
     "of a DHCP server (a warning).",
     credentials_mix},
}};

}  // namespace

std::span<const Check> plan_checks() {
  return kChecks;
}

}  // namespace san::preflight
