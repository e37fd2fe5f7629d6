// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ext/ext_driver.h"

#include <array>
#include <cstring>

#include "core/saturating.h"
#include "filesystem/ext/ext_super.h"

namespace san::filesystem {
namespace {

using SuperBytes = std::array<std::byte, kExtSuperSize>;

std::optional<ExtSuper> find_super(Volume& volume) {
  if (!volume.contains(kExtSuperOffset, kExtSuperSize)) return std::nullopt;
  return parse_ext_super(volume.get<SuperBytes>(kExtSuperOffset, "superblock"));
}

/// The superblock or the journal's, which differ in a feature bit.
std::optional<Identity> identity_if(Volume& volume, bool journal) {
  const auto super = find_super(volume);
  if (!super || (std::strcmp(super->type(), "jbd") == 0) != journal) return std::nullopt;
  return Identity{super->type(), super->label, super->uuid};
}

std::optional<Identity> recognise_ext(Volume& volume) {
  return identity_if(volume, false);
}

std::optional<Identity> recognise_journal(Volume& volume) {
  return identity_if(volume, true);
}

/// Linux does not mount it if its blocks are smaller than the disk's.
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  const auto super = parse_ext_super(volume.get<SuperBytes>(kExtSuperOffset, "superblock"));
  return fits_at_least(super->type(), "blocks", super->block_size, block);
}

std::optional<StatedSize> stated(Volume& volume) {
  const auto super = parse_ext_super(volume.get<SuperBytes>(kExtSuperOffset, "superblock"));
  return exact_size(super->type(), saturating_mul(super->blocks, super->block_size));
}

/// The first block of the journal, by the copy of its inode's block list in the superblock (Linux,
/// Documentation/filesystems/ext4/super.rst, s_jnl_blocks): an extent tree, or a list of blocks.
std::optional<std::uint64_t> ext_journal_block(std::span<const std::byte> super) {
  constexpr std::size_t kBackupType = 0xFD, kBlocks = 0x10C;
  constexpr std::uint16_t kExtents = 0xF30A;
  if (super[kBackupType] != std::byte{1}) return std::nullopt;
  if (*read_at<le16>(super, kBlocks) != kExtents) return *read_at<le32>(super, kBlocks);
  const std::uint16_t entries = *read_at<le16>(super, kBlocks + 2),
                      depth = *read_at<le16>(super, kBlocks + 6);
  // ee_start_hi, ee_start_lo; or ei_leaf_lo, ei_leaf_hi of the block with the extents, which lies beside it.
  if (entries == 0 || depth != 0) return std::nullopt;
  return std::uint64_t{*read_at<le16>(super, kBlocks + 12 + 6)} << 32 |
         *read_at<le32>(super, kBlocks + 12 + 8);
}

/// The superblock, which has time and count of mounts, and the journal's.
MountRanges mount_ranges(Volume& volume) {
  const auto super = volume.get<SuperBytes>(kExtSuperOffset, "superblock");
  const auto parsed = parse_ext_super(super);
  if (!parsed) throw_inconsistent("superblock", "it is gone");
  MountRanges found{{{kExtSuperOffset, kExtSuperSize}}};
  if (const auto journal = ext_journal_block(super); journal && *journal < volume.size() / parsed->block_size)
    found.ranges.push_back({*journal * parsed->block_size, parsed->block_size});
  return found;
}

}  // namespace

constinit const FileSystemDriver kExtDriver = {
    .type = "ext",
    .kind = ContentKind::ext,
    .recognise = recognise_ext,
    .read_free_space = read_ext,
    .open_files = without_options<ext_reader>,
    .block_size_fit = fit,
    .stated_size = stated,
    .mount_ranges = mount_ranges,
    .grow_command = "resize2fs {}",
};

constinit const FileSystemDriver kExtJournalDriver = {
    .type = "jbd",
    .recognise = recognise_journal,
    .copy_whole_reason = "it is the journal of another file system",
    .stated_size = stated,
};

}  // namespace san::filesystem
