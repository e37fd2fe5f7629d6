// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "preflight/checks/linux/fstab_entries.h"
#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/login_plan.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::DeviceSpec;

using State = os::Located::State;

/// Returns a name of the volume that holds.
std::string better_name(const os::LinuxSystem& system, const DeviceSpec& device) {
  if (system.disk == nullptr) return "UUID=…";
  const auto* volume = os::find_volume(*system.disk, device);
  if (volume == nullptr || volume->uuid.empty()) return "UUID=…";
  return "UUID=" + volume->uuid;
}

/// Puts what is wrong with a name into `bad`.
void judge_name(const os::LinuxSystem& system, const DeviceSpec& device, const std::string& where,
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
  judge_name(system, device, where, "root=", findings.bad, findings);
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
  judge_name(system, os::parse_device_spec(text), where, "resume=", findings.lesser, local);
}

void judge_searches(const os::LinuxSystem& system, Findings& findings) {
  for (const auto& [search, where] : system.searches) {
    if (search.by == os::BootSearch::By::file) continue;
    const bool uuid = search.by == os::BootSearch::By::uuid;
    judge_name(system, os::parse_device_spec((uuid ? "UUID=" : "LABEL=") + search.value), where, "search ",
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
    if (is_on_demand(entry)) continue;
    const bool root = entry.directory == "/";
    if (!root && system->locate(entry.device).state != State::unstable) continue;  // LNX-09
    judge_name(*system, entry.device, fmt::format("/etc/fstab:{}", entry.line), entry.directory + " is ",
               is_dispensable(entry) ? findings.lesser : findings.bad, findings);
  }
  for (const auto& entry : system->crypttab) {
    if (std::ranges::find(entry.options, "noauto") != entry.options.end() || is_no_device(entry.device))
      continue;
    const bool nofail = std::ranges::find(entry.options, "nofail") != entry.options.end();
    judge_name(*system, entry.device, fmt::format("/etc/crypttab:{}", entry.line), entry.name + " is ",
               nofail ? findings.lesser : findings.bad, findings);
  }
  for (auto* list : {&findings.bad, &findings.good, &findings.lesser, &findings.unknown})
    without_repetition(*list);
  return findings.outcome("Name file systems by what is on the disk itself: UUID=, LABEL= or LVM names.",
                          name_commands(*system));
}

}  // namespace

constexpr Check kLnx08{
    .id = "LNX-08",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "a file system is named in a way that does not hold on the LUN",
    .good = "file systems are named in a way that holds on the LUN",
    .about =
        "Compares root=, resume=, /etc/fstab, /etc/crypttab and the searches of GRUB with the UUIDs, labels "
        "and "
        "LVM names on the disk; /dev/sda3 and the like change. Unknown for md, ZFS and what may be inside of "
        "LUKS.",
    .evaluate = check_device_names};

}  // namespace san::preflight
