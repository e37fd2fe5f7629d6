// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "boot/ip_address.h"
#include "boot/profile/profile_login.h"
#include "boot/profile/root_path.h"
#include "core/text/table.h"
#include "preflight/checks/ibft/ibft_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

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
  if (plan == nullptr) return no_profile();
  std::vector<Evidence> bad;
  for (const iscsi::Portal& portal : plan->portals)
    if (const auto address = boot::parse_ip(portal.host); address && address->bits == 128)
      bad.push_back({printable(plan->path), "portal " + printable(to_string(portal)), "an IPv4 address"});
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
          fail({{printable(plan->path),
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
  if (plan == nullptr) return no_profile();
  if (subject.firmware() == boot::Firmware::uefi)
    return not_applicable("with UEFI, iPXE has enough room for the iBFT");
  boot::BootProfile bios = *plan;
  bios.firmware = boot::Firmware::bios;
  const iscsi::Credentials auth = boot::credentials(bios);
  try {
    boot::require_ipxe_space(bios, auth, boot::host_name(bios), "iPXE");
  } catch (const Error& error) {
    return fail({{printable(plan->path), error.cause(), {}}}, error.hint());
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
  if (plan == nullptr) return no_profile();
  // read_boot_profile() refuses more than two.
  return pass({{printable(plan->path),
                fmt::format("{} portal{}", plan->portals.size(), plan->portals.size() == 1 ? "" : "s"),
                {}}});
}

}  // namespace

constexpr Check kIbft04{
    .id = "IBFT-04",
    .severity = Severity::blocker,
    .scope = Scope::plan,
    .title = "iBFT cannot describe the addresses, or leads Windows astray",
    .good = "iBFT can describe the addresses without misleading Windows",
    .about =
        "Portals have IPv4 addresses: iPXE's iBFT knows no others, and iscsistart, of initramfs-tools, takes "
        "no "
        "others; only a warning where UEFI boots something else. And for Windows, as a warning, no gateway "
        "where the target is on the machine's own network.",
    .evaluate = address_family};

constexpr Check kIbft05{
    .id = "IBFT-05",
    .severity = Severity::blocker,
    .scope = Scope::plan,
    .title = "names and secrets do not fit into iPXE's iBFT",
    .good = "names and secrets fit into iPXE's iBFT",
    .about =
        "On a BIOS, iPXE has 256 bytes for all names and secrets of the iBFT; computed from the profile.",
    .evaluate = ibft_space};

constexpr Check kIbft06{.id = "IBFT-06",
                        .severity = Severity::blocker,
                        .scope = Scope::plan,
                        .title = "more portals than Linux reads from an iBFT",
                        .good = "Linux can read every portal from the iBFT",
                        .about =
                            "The profile has two portals at most, and with --live the iBFT of this machine "
                            "two targets: iPXE writes "
                            "one for more, and Linux ignores it.",
                        .evaluate = san_uris,
                        .also = Scope::machine};

}  // namespace san::preflight
