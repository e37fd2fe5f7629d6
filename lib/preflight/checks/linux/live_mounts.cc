// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/live_mounts.h"

#include <fmt/core.h>

#include "core/text/table.h"

namespace san::preflight {

std::string shown_disk(const LiveDisk& disk) {
  if (!disk.session) return fmt::format("{}, at {}", printable(disk.name), printable(disk.device));
  return fmt::format("{}, LUN {} of {}", printable(disk.name), disk.lun ? std::to_string(*disk.lun) : "?",
                     printable(disk.session->target));
}

std::string disks_below(const LiveMount& mount) {
  if (!mount.why.empty()) return printable(mount.why);
  if (mount.disks.empty())
    return fmt::format("no disk ({}, {})", printable(mount.type), printable(mount.source));
  std::string text;
  for (const LiveDisk& disk : mount.disks) text += (text.empty() ? "" : "; ") + shown_disk(disk);
  return text;
}

}  // namespace san::preflight
