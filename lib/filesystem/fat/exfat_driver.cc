// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "core/saturating.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_driver.h"

namespace san::filesystem {
namespace {

std::optional<Identity> recognise_exfat(Volume& volume) {
  if (!volume.contains(0, sizeof(ExfatBoot))) return std::nullopt;
  const auto boot = volume.get<ExfatBoot>(0, "boot sector");
  if (std::memcmp(boot.name, "EXFAT   ", 8) != 0 || boot.signature != 0xaa55) return std::nullopt;
  const std::uint32_t id = boot.serial;
  return Identity{"exfat", {}, fmt::format("{:04X}-{:04X}", id >> 16, id & 0xffff)};
}

/// It records a sector size. Linux refuses one that is smaller than the disk's (fs/exfat/super.c), firmware
/// and Windows also one that is larger.
std::optional<BlockSizeFit> exfat_fit(Volume& volume, std::uint64_t block) {
  const unsigned shift = volume.get<ExfatBoot>(0, "boot sector").sector_shift;
  return fits_same_sector("exFAT", shift < 32 ? std::uint64_t{1} << shift : 0, block);
}

std::optional<StatedSize> exfat_stated(Volume& volume) {
  const auto boot = volume.get<ExfatBoot>(0, "superblock");
  if (boot.sector_shift > 12 || boot.cluster_shift > 25 - boot.sector_shift) return std::nullopt;
  const std::uint64_t sector = std::uint64_t{1} << boot.sector_shift;
  const std::uint64_t needed =
      boot.cluster_heap_offset * sector + (boot.cluster_count * sector << boot.cluster_shift);
  return StatedSize{"exFAT", needed, std::max(needed, saturating_mul(boot.volume_length, sector))};
}

}  // namespace

// A mount sets the dirty bit and an unmount takes it back: no evidence of a mount.
constinit const FileSystemDriver kExfatDriver = {
    .type = "exfat",
    .kind = ContentKind::exfat,
    .recognise = recognise_exfat,
    .read_free_space = read_exfat,
    .open_files = without_options<exfat_reader>,
    .block_size_fit = exfat_fit,
    .stated_size = exfat_stated,
};

}  // namespace san::filesystem
