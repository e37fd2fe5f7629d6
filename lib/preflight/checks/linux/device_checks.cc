// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/machine/machine_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::DeviceSpec;
using os::Located;
using State = Located::State;

/// How a volume should be named instead.
std::string better_name(const os::LinuxSystem& system, const DeviceSpec& device) {
  if (system.disk == nullptr) return "UUID=…";
  const auto* volume = os::find_volume(*system.disk, device);
  if (volume == nullptr || volume->uuid.empty()) return "UUID=…";
  return "UUID=" + volume->uuid;
}

/// Puts what is wrong with a name into `bad`.
void judge(const os::LinuxSystem& system, const DeviceSpec& device, const std::string& where,
           const std::string& what, std::vector<Evidence>& bad, Findings& findings) {
  const auto found = system.locate(device);
  const auto text = what + device.text;
  switch (found.state) {
    case State::here:
      findings.good.push_back(seen(where, text));
      return;
    case State::absent:
      bad.push_back(seen(where, text + " is not on this disk", better_name(system, device)));
      return;
    case State::unstable:
      bad.push_back(seen(where, text + ": " + found.why, better_name(system, device)));
      return;
    case State::unknown:
      findings.unknown.push_back(seen(where, text + ": " + found.why));
      return;
  }
}

bool no_device(const DeviceSpec& device) {
  if (device.kind == DeviceSpec::Kind::nothing || device.kind == DeviceSpec::Kind::network) return true;
  if (device.kind != DeviceSpec::Kind::other) return false;
  // Files on a loop device, drives with removable media.
  return !(device.text.starts_with("/dev/") || device.text.starts_with("ZFS=")) ||
         device.text.starts_with("/dev/sr") || device.text.starts_with("/dev/cdrom") ||
         device.text.starts_with("/dev/fd");
}

bool on_network(const os::FstabEntry& entry) {
  static const std::set<std::string, std::less<>> types = {"nfs",   "nfs4",       "cifs",      "smb3",
                                                           "ceph",  "9p",         "glusterfs", "afs",
                                                           "sshfs", "fuse.sshfs", "lustre",    "virtiofs"};
  return types.contains(entry.type);
}

/// Nothing that the start of the system asks for.
bool on_demand(const os::FstabEntry& entry) {
  return entry.has_option("noauto") || entry.has_option("x-systemd.automount") || entry.has_option("bind") ||
         on_network(entry) || no_device(entry.device);
}

/// Whether the system starts, after a while, without it.
bool dispensable(const os::FstabEntry& entry) {
  return entry.swap() || entry.has_option("nofail") || entry.has_option("_netdev");
}

void judge_root(const os::LinuxSystem& system, const os::BootKernel& kernel, Findings& findings) {
  const auto where = kernel.entry.where;
  const bool carried = carries_initiator(system, kernel).status == Status::pass;
  const os::CommandLine arguments =
      carried ? all_arguments(kernel, system.initramfs(kernel)) : os::CommandLine(kernel.entry.arguments);
  const auto root = arguments.last("root");
  if (!root) {
    const bool dracut = carried && system.initramfs(kernel).tool == os::InitramfsTool::dracut;
    (dracut ? findings.unknown : findings.bad).push_back(seen(where, "no root=", "root=UUID=…"));
    return;
  }
  if (root->starts_with("iscsi")) return;  // the LUN itself, and there may be a user's secret in it
  const auto device = os::parse_device_spec(*root);
  judge(system, device, where, "root=", findings.bad, findings);
  const auto found = system.locate(device);
  if (found.state == State::here && found.volume != nullptr && found.volume->files &&
      found.volume != system.root &&
      std::ranges::find(system.other_roots, found.volume->name) == system.other_roots.end())
    findings.bad.push_back(
        seen(where, "root=" + device.text + " is " + found.volume->name + ", which holds no Linux"));
}

void judge_resume(const os::LinuxSystem& system, const os::BootKernel& kernel, Findings& findings) {
  const os::CommandLine arguments(kernel.entry.arguments);
  if (arguments.has("noresume")) return;
  auto text = arguments.last("resume").value_or(std::string{});
  auto where = kernel.entry.where;
  if (text.empty() && carries_initiator(system, kernel).status == Status::pass) {
    auto settings = os::assignments(system.initramfs(kernel).content("conf/conf.d/resume"));
    text = settings["RESUME"].value;
    where = image_name(kernel) + ", conf/conf.d/resume";
  }
  if (text.empty() || text == "none" || text == "auto" || text == "0") return;
  // The initramfs waits for it, some thirty seconds or ninety, and goes on.
  Findings local;
  judge(system, os::parse_device_spec(text), where, "resume=", findings.lesser, local);
}

void judge_searches(const os::LinuxSystem& system, Findings& findings) {
  for (const auto& [search, where] : system.searches) {
    if (search.by == os::BootSearch::By::file) continue;
    const bool uuid = search.by == os::BootSearch::By::uuid;
    judge(system, os::parse_device_spec((uuid ? "UUID=" : "LABEL=") + search.value), where, "search ",
          findings.bad, findings);
  }
}

bool same(const Evidence& a, const Evidence& b) {
  return a.where == b.where && a.found == b.found;
}

void without_repetition(std::vector<Evidence>& list) {
  std::vector<Evidence> once;
  for (auto& evidence : list)
    if (std::ranges::none_of(once, [&](const auto& known) { return same(known, evidence); }))
      once.push_back(std::move(evidence));
  list = std::move(once);
}

std::vector<ShellCommand> name_commands(const os::LinuxSystem& system) {
  std::vector<ShellCommand> commands = {
      {"blkid  # put UUID=… for each /dev/… into /etc/fstab, /etc/crypttab and the boot loader's "
       "configuration"}};
  commands.push_back(grub_command(system));
  commands.push_back(rebuild_command(system));
  return commands;
}

}  // namespace

Outcome check_device_names(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  Findings findings;
  findings.needed = "the same name as UUID=…, which is on the disk itself";
  for (const auto& kernel : system->kernels) {
    judge_root(*system, kernel, findings);
    judge_resume(*system, kernel, findings);
  }
  judge_searches(*system, findings);
  for (const auto& entry : system->fstab) {
    if (on_demand(entry)) continue;
    const bool root = entry.directory == "/";
    if (!root && system->locate(entry.device).state != State::unstable) continue;  // LNX-09
    judge(*system, entry.device, fmt::format("/etc/fstab:{}", entry.line), entry.directory + " is ",
          dispensable(entry) ? findings.lesser : findings.bad, findings);
  }
  for (const auto& entry : system->crypttab) {
    if (std::ranges::find(entry.options, "noauto") != entry.options.end() || no_device(entry.device))
      continue;
    const bool nofail = std::ranges::find(entry.options, "nofail") != entry.options.end();
    judge(*system, entry.device, fmt::format("/etc/crypttab:{}", entry.line), entry.name + " is ",
          nofail ? findings.lesser : findings.bad, findings);
  }
  for (auto* list : {&findings.bad, &findings.good, &findings.lesser, &findings.unknown})
    without_repetition(*list);
  return findings.outcome("Name file systems by what is on the disk itself: UUID=, LABEL= or LVM names.",
                          name_commands(*system));
}

Outcome check_other_file_systems(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  if (const auto* machine = subject.machine(); machine != nullptr && system->disk == nullptr)
    return places_on_iscsi(*machine);
  if (system->disk == nullptr)
    return unknown("it was not possible to find the disk of each file system",
                   "sanboot-check DEVICE, with the LUN itself");
  Findings findings;
  findings.needed = "a look at the source machine: lsblk -f";
  for (const auto& entry : system->fstab) {
    if (on_demand(entry) || entry.directory == "/") continue;
    const auto found = system->locate(entry.device);
    if (found.state == State::unstable) continue;  // LNX-08
    const auto where = fmt::format("/etc/fstab:{}", entry.line);
    const auto text = fmt::format("{} is {}", entry.swap() ? "swap" : entry.directory, entry.device.text);
    if (found.state == State::here)
      findings.good.push_back(seen(where, text));
    else if (found.state == State::unknown)
      (dispensable(entry) ? findings.good : findings.unknown).push_back(seen(where, text + ": " + found.why));
    else
      (dispensable(entry) ? findings.lesser : findings.bad)
          .push_back(seen(where, text, "a file system on this disk"));
  }
  return findings.outcome("Copy it onto the LUN, or take its line out of /etc/fstab, or add nofail to it.",
                          {{"${EDITOR:-vi} /etc/fstab"}});
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

}  // namespace san::preflight
