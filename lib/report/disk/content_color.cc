// SPDX-License-Identifier: Apache-2.0
#include "report/disk/content_color.h"

#include <algorithm>
#include <cstddef>

namespace san::report {
namespace {

struct Begin {
  std::string_view text;
  Hue hue;
};

/// Prefixes of the names of contents.
constexpr Begin kBegins[] = {
    {"ext2", Hue::ext},          {"ext3", Hue::ext},
    {"ext4", Hue::ext},          {"xfs", Hue::xfs},
    {"btrfs", Hue::btrfs},       {"bcachefs", Hue::btrfs},
    {"zfs", Hue::btrfs},         {"ntfs", Hue::ntfs},
    {"refs", Hue::ntfs},         {"bitlocker", Hue::layered},
    {"fat", Hue::fat},           {"exfat", Hue::fat},
    {"swap", Hue::swap},         {"lvm", Hue::layered},
    {"luks", Hue::layered},      {"linux_raid", Hue::layered},
    {"bcache", Hue::layered},    {"integrity", Hue::layered},
    {"verity", Hue::layered},    {"vdo", Hue::layered},
    {"stratis", Hue::layered},   {"qcow2", Hue::layered},
    {"vhdx", Hue::layered},      {"partitions", Hue::layered},
    {"disklabel", Hue::layered}, {"extended", Hue::unknown},
    {"unknown", Hue::unknown},
};

/// In the order of the enumeration.
constexpr HueStyle kStyles[] = {
    {"ext", "94", "#2a6fdb", "#6ea8ff"},     {"xfs", "36", "#0b8f8a", "#3fc9c2"},
    {"btrfs", "34", "#5b5bd6", "#9a9cff"},   {"ntfs", "32", "#3f8f2f", "#7fcf6a"},
    {"fat", "33", "#c07a00", "#f0b440"},     {"swap", "35", "#b0429a", "#e58ad2"},
    {"layered", "37", "#5f6f85", "#a3b3c9"}, {"other", "37", "#7a6a55", "#c9b79c"},
    {"unknown", "90", "#8a8f98", "#8a909a"},
};

}  // namespace

Hue hue_of(std::string_view content) {
  const auto* found =
      std::ranges::find_if(kBegins, [&](const Begin& b) { return content.starts_with(b.text); });
  return found != std::end(kBegins) ? found->hue : Hue::other;
}

const HueStyle& style_of(Hue hue) {
  return kStyles[static_cast<std::size_t>(hue)];
}

}  // namespace san::report
