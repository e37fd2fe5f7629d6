// SPDX-License-Identifier: Apache-2.0
#include "filesystem/xfs/xfs_driver.h"

#include <fmt/core.h>

#include "core/saturating.h"
#include "filesystem/volume/text.h"
#include "filesystem/xfs/xfs_format.h"

namespace san::filesystem {
namespace {

std::optional<Identity> recognise(Volume& volume) {
  if (!volume.contains(0, sizeof(XfsSuper))) return std::nullopt;
  const auto super = volume.get<XfsSuper>(0, "superblock");
  if (super.magic != kXfsSuperMagic) return std::nullopt;
  return Identity{fmt::format("xfs v{}", super.version & 0xf), fixed_text(super.name),
                  format_uuid(super.uuid)};
}

/// Linux does not mount it if its sectors are smaller than the disk's blocks.
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  return fits_at_least("XFS", "sectors", volume.get<XfsSuper>(0, "superblock").sector_size, block);
}

std::optional<StatedSize> stated(Volume& volume) {
  const auto super = volume.get<XfsSuper>(0, "superblock");
  return exact_size("XFS", saturating_mul(super.blocks, super.block_size));
}

/// The superblock (of version 5 by its LSN at least), and the log, to which each clean unmount adds a record.
MountRanges mount_ranges(Volume& volume) {
  const auto super = volume.get<XfsSuper>(0, "superblock");
  MountRanges found{{{0, super.sector_size}}};
  const std::uint64_t blocks = super.log_blocks, start = super.log_start;
  // A log on another device tells nothing of it here.
  if (start == 0 || super.ag_block_log > 31) throw MetadataError{"its log is on another device"};
  const std::uint64_t group = start >> super.ag_block_log,
                      block = start & ((std::uint64_t{1} << super.ag_block_log) - 1);
  const Range log{(group * super.ag_blocks + block) * super.block_size, blocks * super.block_size};
  if (group >= super.ag_count || log.length == 0 || !volume.contains(log.offset, log.length))
    throw_inconsistent("superblock", "the log is outside");
  found.ranges.push_back(log);
  return found;
}

}  // namespace

constinit const FileSystemDriver kXfsDriver = {
    .type = "xfs",
    .kind = ContentKind::xfs,
    .recognise = recognise,
    .read_free_space = read_xfs,
    .open_files = without_options<xfs_reader>,
    .block_size_fit = fit,
    .stated_size = stated,
    .mount_ranges = mount_ranges,
    .grow_command = "xfs_growfs MOUNTPOINT once it is mounted",  // only then
};

}  // namespace san::filesystem
