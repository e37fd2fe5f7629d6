// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/linux/fstab_entries.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/live_mounts.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome mounts_on_iscsi(const MachineFacts& machine) {
  const LiveMount* root = machine.root_mount();
  if (root == nullptr || root->on_iscsi() != true) return not_applicable("see LNX-11: \"/\" is not on a LUN");
  std::vector<Evidence> bad, good;
  std::string unclear;
  for (const LiveMount& mount : machine.mounts) {
    if (mount.disks.empty() && mount.why.empty()) continue;  // in memory, or on the network
    const auto answer = mount.on_iscsi();
    if (!answer) unclear = mount.where + ": " + mount.why;
    (answer == false ? bad : good)
        .push_back({mount.where, disks_below(mount), answer == false ? "the LUN" : ""});
  }
  if (!bad.empty())
    return fail(std::move(bad),
                "Move it to the LUN, or take it out of /etc/fstab, before the local disks go.");
  if (!unclear.empty()) return unknown(unclear, "a run outside of any container");
  return pass(std::move(good));
}

Outcome check_other_file_systems(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  if (const auto* machine = subject.machine(); machine != nullptr && system->disk == nullptr)
    return mounts_on_iscsi(*machine);
  if (system->disk == nullptr)
    return unknown("it was not possible to find the disk of each file system",
                   "sanboot-check DEVICE, with the LUN itself");
  Findings findings;
  findings.needed = "a look at the source machine: lsblk -f";
  for (const auto& entry : system->fstab) {
    if (is_on_demand(entry) || entry.directory == "/") continue;
    const auto found = system->locate(entry.device);
    if (found.state == os::Located::State::unstable) continue;  // LNX-08
    const auto where = fmt::format("/etc/fstab:{}", entry.line);
    const auto text = fmt::format("{} is {}", entry.swap() ? "swap" : entry.directory, entry.device.text);
    if (found.state == os::Located::State::here)
      findings.good.push_back(seen(where, text));
    else if (found.state == os::Located::State::unknown)
      (is_dispensable(entry) ? findings.good : findings.unknown)
          .push_back(seen(where, text + ": " + found.why));
    else
      (is_dispensable(entry) ? findings.lesser : findings.bad)
          .push_back(seen(where, text, "a file system on this disk"));
  }
  return findings.outcome("Copy it onto the LUN, or take its line out of /etc/fstab, or add nofail to it.",
                          {{"${EDITOR:-vi} /etc/fstab"}});
}

}  // namespace

constexpr Check kLnx09{
    .id = "LNX-09",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "a file system that the start needs is on another disk",
    .good = "every file system that the start needs is on this disk",
    .about =
        "Looks for every file system of /etc/fstab on the disk; noauto and network file systems are passed "
        "over, swap, nofail and _netdev are warnings. With --live alone, every mounted one and swap are on a "
        "LUN. Unknown for what may be inside of LUKS.",
    .evaluate = check_other_file_systems};

}  // namespace san::preflight
