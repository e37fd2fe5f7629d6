// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "flash/uefi/load_option.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/nvram.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

namespace fs = std::filesystem;

/// The PARTUUIDs of this machine.
std::set<std::string> partitions_below(const std::string& root) {
  std::error_code failed;
  std::set<std::string> partitions;
  for (const auto& entry : fs::directory_iterator(root + "/dev/disk/by-partuuid", failed))
    partitions.insert(entry.path().filename().string());
  return partitions;
}

Outcome stale_entries(Subject& subject) {
  if (!subject.options().live) return not_applicable("the boot entries of the firmware are in the machine");
  const std::string root = subject.options().live_root == "/" ? "" : subject.options().live_root;
  std::error_code failed;
  if (!fs::is_directory(root + "/sys/firmware/efi", failed))
    return not_applicable("this machine was started by a BIOS");
  const auto variables = read_boot_variables(root);
  if (!variables)
    return unknown("the variables of the firmware cannot be read", "mount efivarfs, and run as root");
  const std::set<std::string> partitions = partitions_below(root);
  std::vector<Evidence> stale;
  std::vector<ShellCommand> commands;
  for (const BootVariable& variable : *variables) {
    const std::string partition = partition_of_load_option(variable.data);
    if (partition.empty() || partitions.contains(partition)) continue;
    const auto option = flash::decode_load_option(variable.data);
    stale.push_back({variable.name,
                     fmt::format("{}, on partition {}", option ? option->description : "?", partition),
                     "a partition of this machine"});
    if (const auto number = plain_name(variable.name.substr(4)))
      commands.push_back({"efibootmgr --delete-bootnum --bootnum {}", *number});
  }
  if (stale.empty()) return pass();
  return fail(std::move(stale), "Delete these entries, or name the boot file by sanboot --filename.",
              commands);
}

}  // namespace

constexpr Check kIpxe08{.id = "IPXE-08",
                        .severity = Severity::warning,
                        .scope = Scope::machine,
                        .title = "firmware has boot entries of disks that are not there",
                        .good = "firmware has boot entries for existing disks only",
                        .about =
                            "With UEFI, on the machine: Boot#### variables whose path leads to a partition "
                            "that none of its disks "
                            "has. Some firmware hangs on them when iPXE hands over (ipxe issue 996).",
                        .evaluate = stale_entries};

}  // namespace san::preflight
