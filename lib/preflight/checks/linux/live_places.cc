// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/live_places.h"

#include <fmt/core.h>

#include "core/text/table.h"

namespace san::preflight {

std::string shown_disk(const LiveDisk& disk) {
  if (!disk.session) return fmt::format("{}, at {}", printable(disk.name), printable(disk.device));
  return fmt::format("{}, LUN {} of {}", printable(disk.name), disk.lun ? std::to_string(*disk.lun) : "?",
                     printable(disk.session->target));
}

std::string disks_below(const LivePlace& place) {
  if (!place.why.empty()) return printable(place.why);
  if (place.disks.empty())
    return fmt::format("no disk ({}, {})", printable(place.type), printable(place.source));
  std::string text;
  for (const LiveDisk& disk : place.disks) text += (text.empty() ? "" : "; ") + shown_disk(disk);
  return text;
}

}  // namespace san::preflight
