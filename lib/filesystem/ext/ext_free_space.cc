// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstddef>
#include <vector>

#include "filesystem/ext/ext_driver.h"
#include "filesystem/ext/ext_io.h"
#include "filesystem/volume/bitmap.h"

// Layout: Linux, Documentation/filesystems/ext4. The bitmaps are read group by group instead of by
// ext2fs_read_block_bitmap(), which would keep the whole of them in memory.

namespace san::filesystem {
namespace {

class Ext {
 public:
  Ext(Volume& volume, FreeRanges& free, FreeSpace& result) : volume_(volume), free_(free), result_(result) {}

  void run() {
    result_.size = check_ext_size(volume_);
    fs_ = open_ext(volume_, failure_);
    state();
    metadata();
    std::uint64_t clusters = 0;
    for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) clusters += this->group(group);
    const std::uint64_t free = ext2fs_free_blocks_count(fs_->super);
    if (clusters << fs_->cluster_ratio_bits != free)
      throw_inconsistent("count of free blocks", fmt::format("{} in the superblock, {} in the groups", free,
                                                             clusters << fs_->cluster_ratio_bits));
  }

 private:
  void state() {
    ext2_super_block* super = fs_->super;
    if (ext2fs_has_feature_journal_needs_recovery(super))
      throw MetadataError{"its journal needs recovery (mounted, or not unmounted cleanly)", true};
    if ((super->s_state & EXT2_ERROR_FS) != 0)
      throw MetadataError{"its driver found errors in it (run e2fsck)", true};
    if ((super->s_state & EXT2_VALID_FS) == 0)
      throw MetadataError{"it was not unmounted cleanly (or is mounted)", true};
    if (super->s_last_orphan != 0 || ext2fs_has_feature_orphan_present(super))
      throw MetadataError{"it has files whose deletion is not finished", true};
    if (const std::uint32_t unknown =
            super->s_feature_ro_compat & ~std::uint32_t{EXT2_LIB_FEATURE_RO_COMPAT_SUPP};
        unknown != 0)
      throw MetadataError{fmt::format("it has features that are not supported (ro_compat {:#x})", unknown)};
    multiple_mount();
    ratio_ = std::uint64_t{1} << fs_->cluster_ratio_bits;
    blocks_ = ext2fs_blocks_count(super);
  }

  /// Multiple mount protection tells of a mount or of a running e2fsck on any host: 0xff4d4d50 is at rest
  /// (Documentation/filesystems/ext4/mmp.rst).
  void multiple_mount() {
    if (!ext2fs_has_feature_mmp(fs_->super)) return;
    const std::uint64_t offset = fs_->super->s_mmp_block * fs_->blocksize;
    if (volume_.get<le32>(offset, "MMP block") != EXT4_MMP_MAGIC)
      throw_inconsistent("MMP block", "it is not one");
    if (volume_.get<le32>(offset + offsetof(struct mmp_struct, mmp_seq), "MMP block") != EXT4_MMP_SEQ_CLEAN)
      throw MetadataError{"its MMP block says that a host has it mounted, or checks it", true};
  }

  /// All that mke2fs and the kernel put at known places, as clusters. A group whose bitmap is not made yet
  /// (uninit_bg) has just these in use; in all others the bitmap must show them.
  void metadata() {
    const auto reserve = [&](blk64_t first, std::uint64_t count, const char* what) {
      if (count == 0) return;
      if (first < fs_->super->s_first_data_block || first > blocks_ || count > blocks_ - first)
        throw_inconsistent("block groups", fmt::format("{} outside of the file system", what));
      const std::uint64_t from = to_cluster(first);
      reserved_.add(from, to_cluster(first + count - 1) - from + 1);
    };
    for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) {
      if (ext2fs_has_group_desc_csum(fs_.get()) && ext2fs_group_desc_csum_verify(fs_.get(), group) == 0)
        throw_inconsistent("block groups", fmt::format("the checksum of descriptor {} is wrong", group));
      blk64_t super = 0, old_table = 0, new_table = 0;
      blk_t used = 0;
      ext2fs_super_and_bgd_loc2(fs_.get(), group, &super, &old_table, &new_table, &used);
      // The first superblock is in block 1 only where blocks are of 1 KiB; the boot block goes with it.
      if (group == 0)
        reserve(fs_->super->s_first_data_block, super + 1 - fs_->super->s_first_data_block, "the superblock");
      if (super != 0) reserve(super, 1, "a superblock");
      if (old_table != 0) reserve(old_table, old_table_blocks(), "group descriptors");
      if (new_table != 0) reserve(new_table, 1, "group descriptors");
      reserve(ext2fs_block_bitmap_loc(fs_.get(), group), 1, "a block bitmap");
      reserve(ext2fs_inode_bitmap_loc(fs_.get(), group), 1, "an inode bitmap");
      reserve(ext2fs_inode_table_loc(fs_.get(), group), fs_->inode_blocks_per_group, "an inode table");
    }
  }

  std::uint64_t old_table_blocks() const {
    const std::uint64_t tables =
        ext2fs_has_feature_meta_bg(fs_->super) ? fs_->super->s_first_meta_bg : fs_->desc_blocks;
    return tables + fs_->super->s_reserved_gdt_blocks;
  }

  std::uint64_t to_cluster(blk64_t block) const {
    return (block - fs_->super->s_first_data_block) >> fs_->cluster_ratio_bits;
  }

  /// Clusters are counted from s_first_data_block.
  void add_free(std::uint64_t first, std::uint64_t count) {
    const std::uint64_t from = (first << fs_->cluster_ratio_bits) + fs_->super->s_first_data_block;
    const std::uint64_t end = std::min(from + (count << fs_->cluster_ratio_bits), blocks_);
    free_.add(from * fs_->blocksize, (end - from) * fs_->blocksize);
  }

  /// Adds the free clusters of a group and returns their number.
  std::uint64_t group(dgrp_t group) {
    const std::uint64_t first = to_cluster(ext2fs_group_first_block2(fs_.get(), group));
    const auto blocks = static_cast<std::uint64_t>(ext2fs_group_blocks_count(fs_.get(), group));
    const std::uint64_t clusters = (blocks + ratio_ - 1) >> fs_->cluster_ratio_bits;
    std::uint64_t free = 0;
    if (ext2fs_has_group_desc_csum(fs_.get()) &&
        ext2fs_bg_flags_test(fs_.get(), group, EXT2_BG_BLOCK_UNINIT)) {
      reserved_.outside(first, clusters, [&](std::uint64_t from, std::uint64_t count) {
        add_free(from, count);
        free += count;
      });
    } else {
      read_bitmap(group);
      free = for_each_clear_run(bitmap_, clusters, [&](std::uint64_t from, std::uint64_t count) {
        if (reserved_.touches(first + from, count))
          throw_inconsistent("block bitmap", fmt::format("metadata counts as free in group {}", group));
        add_free(first + from, count);
      });
    }
    const std::uint64_t expected = ext2fs_bg_free_blocks_count(fs_.get(), group);
    if (free != expected)
      throw_inconsistent("block bitmap", fmt::format("group {} has {} free clusters, its descriptor says {}",
                                                     group, free, expected));
    return free;
  }

  void read_bitmap(dgrp_t group) {
    bitmap_.resize(fs_->blocksize);
    volume_.read(ext2fs_block_bitmap_loc(fs_.get(), group) * fs_->blocksize, bitmap_, "block bitmap");
    const auto bytes = static_cast<int>(EXT2_CLUSTERS_PER_GROUP(fs_->super) / 8);
    if (ext2fs_has_feature_metadata_csum(fs_->super) &&
        ext2fs_block_bitmap_csum_verify(fs_.get(), group, reinterpret_cast<char*>(bitmap_.data()), bytes) ==
            0)
      throw_inconsistent("block bitmap", fmt::format("its checksum is wrong in group {}", group));
  }

  Volume& volume_;
  FreeRanges& free_;
  FreeSpace& result_;
  std::exception_ptr failure_;
  ExtFs fs_;
  std::uint64_t ratio_ = 1;  ///< blocks a cluster (bigalloc)
  std::uint64_t blocks_ = 0;
  Reserved reserved_;
  std::vector<std::byte> bitmap_;
};

}  // namespace

void read_ext(Volume& volume, FreeRanges& free, FreeSpace& result) {
  Ext(volume, free, result).run();
}

}  // namespace san::filesystem
