// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/text/table.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/live_mounts.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Returns what differs between a session and the plan; empty if nothing does.
std::string other_session(const LiveDisk& disk, const boot::BootProfile& plan) {
  const IscsiSession& session = *disk.session;
  if (session.target != plan.target) return printable(session.target);
  if (disk.lun && *disk.lun != plan.lun) return fmt::format("LUN {}", *disk.lun);
  if (!session.initiator.empty() && session.initiator != plan.initiator)
    return "logged in as " + printable(session.initiator);
  return {};
}

Outcome root_on_iscsi(const MachineFacts& machine, const boot::BootProfile* plan) {
  const LiveMount* mount = machine.root_mount();
  if (mount == nullptr)
    return unknown("/proc/self/mountinfo has no \"/\"", "a run on the machine itself, as root");
  const auto answer = mount->on_iscsi();
  if (!answer)
    return unknown("what \"/\" lies on is not known: " + mount->why, "a run outside of any container");
  if (!*answer)
    return fail({{"/", disks_below(*mount), "a LUN of an iSCSI session"}},
                "Boot the machine from its LUN, with the local disks hidden in the firmware: a clone has the "
                "same UUIDs as its source, and with both attached either may become root.");
  std::vector<Evidence> bad, good;
  for (const LiveDisk& disk : mount->disks) {
    const std::string other = plan == nullptr ? std::string() : other_session(disk, *plan);
    if (!other.empty())
      bad.push_back(
          {disk.name, other, fmt::format("LUN {} of {}, as {}", plan->lun, plan->target, plan->initiator)});
    good.push_back({"/", shown_disk(disk), {}});
  }
  if (bad.empty()) return pass(std::move(good));
  return fail(std::move(bad), "Correct the boot profile, or boot from the LUN that it names.");
}

Outcome root_is_lun(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  return machine == nullptr ? no_machine() : root_on_iscsi(*machine, subject.profile());
}

}  // namespace

constexpr Check kLnx11{
    .id = "LNX-11",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "root file system is not on the LUN",
    .good = "root file system is on the LUN",
    .about =
        "Follows \"/\" through partitions, LVM, RAID and encryption to disks, and those to sessions of the "
        "kernel's initiator: target, LUN and initiator name as in the boot profile.",
    .evaluate = root_is_lun};

}  // namespace san::preflight
