// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/text/table.h"
#include "preflight/checks/machine/machine_checks.h"

namespace san::preflight {
namespace {

std::string shown_disk(const LiveDisk& disk) {
  if (!disk.session) return fmt::format("{}, at {}", printable(disk.name), printable(disk.device));
  return fmt::format("{}, LUN {} of {}", printable(disk.name), disk.lun ? std::to_string(*disk.lun) : "?",
                     printable(disk.session->target));
}

/// What a place lies on.
std::string below(const LivePlace& place) {
  if (!place.why.empty()) return printable(place.why);
  if (place.disks.empty())
    return fmt::format("no disk ({}, {})", printable(place.type), printable(place.source));
  std::string text;
  for (const LiveDisk& disk : place.disks) text += (text.empty() ? "" : "; ") + shown_disk(disk);
  return text;
}

/// How a session is not that of the plan; empty: it is.
std::string other_session(const LiveDisk& disk, const boot::BootProfile& plan) {
  const IscsiSession& session = *disk.session;
  if (session.target != plan.target) return printable(session.target);
  if (disk.lun && *disk.lun != plan.lun) return fmt::format("LUN {}", *disk.lun);
  if (!session.initiator.empty() && session.initiator != plan.initiator)
    return "logged in as " + printable(session.initiator);
  return {};
}

bool is_local(const LiveVolume& volume) {
  return std::any_of(volume.disks.begin(), volume.disks.end(),
                     [](const LiveDisk& disk) { return !disk.session; });
}

}  // namespace

Outcome root_on_iscsi(const MachineFacts& machine, const boot::BootProfile* plan) {
  const LivePlace* place = machine.root_place();
  if (place == nullptr)
    return unknown("/proc/self/mountinfo has no \"/\"", "a run on the machine itself, as root");
  const auto answer = place->on_iscsi();
  if (!answer)
    return unknown("what \"/\" lies on is not known: " + place->why, "a run outside of any container");
  if (!*answer)
    return fail({{"/", below(*place), "a LUN of an iSCSI session"}},
                "Boot the machine from its LUN, with the local disks hidden in the firmware: a clone has the "
                "same UUIDs as its source, and with both attached either may become root.");
  std::vector<Evidence> bad, good;
  for (const LiveDisk& disk : place->disks) {
    const std::string other = plan == nullptr ? std::string() : other_session(disk, *plan);
    if (!other.empty())
      bad.push_back(
          {disk.name, other, fmt::format("LUN {} of {}, as {}", plan->lun, plan->target, plan->initiator)});
    good.push_back({"/", shown_disk(disk), {}});
  }
  if (bad.empty()) return pass(std::move(good));
  return fail(std::move(bad), "Correct the boot profile, or boot from the LUN that it names.");
}

Outcome places_on_iscsi(const MachineFacts& machine) {
  const LivePlace* root = machine.root_place();
  if (root == nullptr || root->on_iscsi() != true) return not_applicable("see LNX-11: \"/\" is not on a LUN");
  std::vector<Evidence> bad, good;
  std::string unclear;
  for (const LivePlace& place : machine.places) {
    if (place.disks.empty() && place.why.empty()) continue;  // in memory, or on the network
    const auto answer = place.on_iscsi();
    if (!answer) unclear = place.where + ": " + place.why;
    (answer == false ? bad : good).push_back({place.where, below(place), answer == false ? "the LUN" : ""});
  }
  if (!bad.empty())
    return fail(std::move(bad),
                "Move it to the LUN, or take it out of /etc/fstab, before the local disks go.");
  if (!unclear.empty()) return unknown(unclear, "a run outside of any container");
  return pass(std::move(good));
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

Outcome session_lasts(const MachineFacts& machine) {
  const LivePlace* root = machine.root_place();
  if (root == nullptr || root->on_iscsi() != true) return not_applicable("see LNX-11: \"/\" is not on a LUN");
  std::vector<Evidence> bad, good;
  if (!machine.iscsid)
    bad.push_back({"iscsid", "does not run", "iscsid, which logs in again when a session is lost"});
  // open-iscsi's README, 8.2: without multipath a lost root may only wait; with it, another path takes over.
  constexpr long kShort = 600;
  const bool paths = root->disks.size() > 1;
  for (const LiveDisk& disk : root->disks) {
    const auto timeout = disk.session->recovery_tmo;
    if (!timeout) continue;
    const Evidence evidence{disk.session->name, fmt::format("recovery_tmo {} s", *timeout),
                            paths ? "5 to 30 s with several paths" : "86400 s with one path"};
    // 0 fails at once, less never (drivers/scsi/scsi_transport_iscsi.c).
    const bool good_one = paths ? *timeout >= 0 && *timeout <= 30 : *timeout < 0 || *timeout >= kShort;
    (good_one ? good : bad).push_back({evidence.where, evidence.found, good_one ? "" : evidence.wanted});
  }
  if (bad.empty()) return pass(std::move(good));
  return fail(
      std::move(bad),
      "Set node.session.timeo.replacement_timeout in /etc/iscsi/iscsid.conf and in the node's record, and "
      "let iscsid run: else a target that restarts leaves the root file system read-only.",
      {{"systemctl enable --now iscsid.socket open-iscsi.service"},
       {"sed -i 's/^node.session.timeo.replacement_timeout.*/node.session.timeo.replacement_timeout = {}/' "
        "/etc/iscsi/iscsid.conf",
        paths ? ShellText("5") : ShellText("86400")}});
}

}  // namespace san::preflight
