// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "core/text/table.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

bool is_local(const LiveVolume& volume) {
  return std::any_of(volume.disks.begin(), volume.disks.end(),
                     [](const LiveDisk& disk) { return !disk.session; });
}

Outcome no_twins(const MachineFacts& machine) {
  if (machine.volumes.empty())
    return unknown("udev lists no file system (/run/udev/data)", "a run on the machine itself");
  if (std::all_of(machine.volumes.begin(), machine.volumes.end(), is_local))
    return not_applicable("nothing on a LUN is attached");
  std::vector<Evidence> bad;
  for (const LiveVolume& lun : machine.volumes) {
    // A disk of several paths shows itself as often as it has paths.
    if (is_local(lun) || lun.type == "mpath_member") continue;
    for (const LiveVolume& other : machine.volumes)
      if (other.uuid == lun.uuid && is_local(other))
        bad.push_back({other.name,
                       fmt::format("{} {}, as {} on a LUN has", printable(other.type), printable(other.uuid),
                                   printable(lun.name)),
                       "each UUID once"});
  }
  if (bad.empty()) return pass();
  return fail(std::move(bad),
              "Hide the local disks in the firmware, or detach them, before the LUN is booted.");
}

Outcome check_duplicates(Subject& subject) {
  const auto* disk = subject.content();
  if (const auto* machine = subject.machine(); machine != nullptr && disk == nullptr)
    return no_twins(*machine);
  if (subject.options().source.empty()) return not_applicable("no --source was given");
  if (disk == nullptr) return not_applicable("no disk was given to compare it with");
  const auto* source = subject.source_content();
  Findings findings;
  std::set<std::string> there, groups;
  for (const auto& volume : source->volumes) {
    if (!volume.uuid.empty()) there.insert(volume.uuid);
    if (!volume.group.empty()) groups.insert(volume.group);
  }
  for (const auto& volume : disk->volumes) {
    if (there.contains(volume.uuid))
      findings.bad.push_back(seen(volume.name, "UUID " + volume.uuid, "on one of the disks only"));
    if (groups.erase(volume.group) != 0)
      findings.bad.push_back(seen(volume.name, "volume group " + volume.group, "on one of the disks only"));
  }
  return findings.outcome(
      "Never boot with both attached: take the local disk off, or hide it in the firmware, before the first "
      "boot from the LUN.");
}

}  // namespace

constexpr Check kLnx10{
    .id = "LNX-10",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "source disk and LUN have the same UUIDs",
    .good = "source disk and LUN have different UUIDs",
    .about =
        "With --source, compares the UUIDs and volume groups of both disks: with both attached, either may "
        "become the root. With --live alone, those of LUNs and other disks, as udev has them.",
    .evaluate = check_duplicates};

}  // namespace san::preflight
