// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/btrfs_driver.h"

#include "filesystem/btrfs/btrfs_format.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

/// Linux does not mount it if its sectors are smaller than the disk's blocks.
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  const std::uint64_t sector =
      volume.get<le32>(kBtrfsSuperOffset + offsetof(BtrfsSuper, sector), "superblock");
  return fits_at_least("btrfs", "sectors", sector, block);
}

/// struct btrfs_dev_item, the superblock's own device: the bytes on other devices do not count.
std::optional<StatedSize> stated(Volume& volume) {
  return exact_size("btrfs",
                    volume.get<le64>(kBtrfsSuperOffset + offsetof(BtrfsSuper, device) + 8, "superblock"));
}

}  // namespace

constinit const FileSystemDriver kBtrfsDriver = {
    .type = "btrfs",
    .signatures = {{0x10040, "_BHRfS_M"sv, 0x10020, 0x1012b, 256}},
    .open_files = btrfs_reader,
    .block_size_fit = fit,
    .stated_size = stated,
    .grow_command = "btrfs filesystem resize max MOUNTPOINT once it is mounted",  // only then
};

}  // namespace san::filesystem
