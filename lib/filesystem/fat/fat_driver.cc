// SPDX-License-Identifier: Apache-2.0
#include "filesystem/fat/fat_driver.h"

#include <fmt/core.h>

#include "filesystem/fat/fat_layout.h"

namespace san::filesystem {
namespace {

std::optional<Identity> recognise_fat(Volume& volume) {
  if (!volume.contains(0, sizeof(FatBoot))) return std::nullopt;
  const auto layout = fat_layout(volume.get<FatBoot>(0, "boot sector"));
  if (!layout) return std::nullopt;
  return Identity{fmt::format("fat{}", layout->bits), layout->label, layout->uuid};
}

/// It records a sector size. Linux refuses one that is smaller than the disk's (fs/fat/inode.c), firmware and
/// Windows also one that is larger.
std::optional<BlockSizeFit> fat_fit(Volume& volume, std::uint64_t block) {
  return fits_same_sector("FAT", volume.get<FatBoot>(0, "boot sector").bytes_per_sector, block);
}

std::optional<StatedSize> fat_stated(Volume& volume) {
  const auto layout = fat_layout(volume.get<FatBoot>(0, "superblock"));
  return StatedSize{"FAT", layout->data_offset + layout->clusters * layout->cluster_size, layout->size};
}

}  // namespace

// A mount sets the dirty bit and an unmount takes it back: no evidence of a mount.
constinit const FileSystemDriver kFatDriver = {
    .type = "fat",
    .kind = ContentKind::fat,
    .recognise = recognise_fat,
    .read_free_space = read_fat,
    .open_files = without_options<fat_reader>,
    .block_size_fit = fat_fit,
    .stated_size = fat_stated,
};

}  // namespace san::filesystem
