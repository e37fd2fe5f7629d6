// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/endian.h"

// Structures of XFS on disk, big-endian throughout except for the CRCs. Source: "XFS Algorithms & Data
// Structures", 3rd edition: chapters "Allocation Groups" (superblocks, AG free space management), "Short
// Format B+trees" and "Journaling Log".

namespace san::filesystem {

inline constexpr std::uint32_t kXfsSuperMagic = 0x58465342;   // XFSB
inline constexpr std::uint32_t kXfsAgfMagic = 0x58414746;     // XAGF
inline constexpr std::uint32_t kXfsBnoMagic = 0x41425442;     // ABTB, version 4
inline constexpr std::uint32_t kXfsBnoCrcMagic = 0x41423342;  // AB3B, version 5
inline constexpr std::uint32_t kXfsLogRecordMagic = 0xfeedbabe;
inline constexpr std::uint32_t kXfsNoBlock = 0xffffffff;
inline constexpr std::uint16_t kXfsVersionMoreBits = 0x8000;  // features2 counts
inline constexpr unsigned kXfsMaxLevels = 9;                  // XFS_BTREE_MAXLEVELS

struct XfsSuper {
  be32 magic;
  be32 block_size;
  be64 blocks;  ///< of the data device
  be64 realtime_blocks;
  be64 realtime_extents;
  std::byte uuid[16]{};
  be64 log_start;  ///< (AG number << ag_block_log) | block in the AG; 0: the log is on another device
  be64 root_inode, bitmap_inode, summary_inode;
  be32 realtime_extent_size;
  be32 ag_blocks;
  be32 ag_count;
  be32 realtime_bitmap_blocks;
  be32 log_blocks;
  be16 version;  ///< low four bits: 4 or 5; the rest are feature bits
  be16 sector_size;
  be16 inode_size;
  be16 inodes_per_block;
  std::byte name[12]{};
  std::uint8_t block_log = 0, sector_log = 0, inode_log = 0, inodes_per_block_log = 0, ag_block_log = 0,
               realtime_extent_log = 0;
  std::uint8_t in_progress = 0;  ///< mkfs or growfs did not finish
  std::uint8_t max_inode_percent = 0;
  be64 inodes, free_inodes;
  be64 free_blocks;
  be64 free_realtime_extents;
  be64 user_quota_inode, group_quota_inode;
  be16 quota_flags;
  std::uint8_t flags = 0, shared_version = 0;
  be32 inode_alignment, stripe_unit, stripe_width;
  std::uint8_t directory_block_log = 0, log_sector_log = 0;
  be16 log_sector_size;
  be32 log_stripe_unit;
  be32 features2, bad_features2;
  be32 features_compat, features_ro_compat, features_incompat, features_log_incompat;  ///< version 5
  le32 crc;                                                                            ///< of the sector
  be32 sparse_alignment;
  be64 project_quota_inode;
  be64 last_lsn;
  std::byte meta_uuid[16]{};  ///< UUID in all other metadata if features_incompat has META_UUID
};
static_assert(offsetof(XfsSuper, version) == 100 && offsetof(XfsSuper, name) == 108 &&
              offsetof(XfsSuper, free_blocks) == 144 && offsetof(XfsSuper, features2) == 200 &&
              offsetof(XfsSuper, crc) == 224 && sizeof(XfsSuper) == 264);

/// Header of an allocation group's free space, in its second sector.
struct XfsAgf {
  be32 magic;
  be32 version;
  be32 number;  ///< of the AG
  be32 length;  ///< blocks
  be32 roots[3];
  be32 levels[3];
  be32 list_first, list_last, list_count;  ///< AGFL: blocks kept for the B+trees; free_blocks leaves them out
  be32 free_blocks;
  be32 longest;
  be32 tree_blocks;  ///< of the free space B+trees, without their roots; only kept with lazy counters
  std::byte uuid[16]{};
  be32 rmap_blocks, refcount_blocks, refcount_root, refcount_level;
  std::byte spare[112]{};
  be64 lsn;
  le32 crc;  ///< of the sector
  be32 spare2;
};
static_assert(offsetof(XfsAgf, crc) == 216 && sizeof(XfsAgf) == 224);

/// Begins each block of the B+tree by block number; version 5 adds XfsTreeCrc.
struct XfsTree {
  be32 magic;
  be16 level;  ///< 0: leaf
  be16 count;
  be32 left, right;
};
struct XfsTreeCrc {
  be64 block;  ///< in sectors of 512 bytes from the start of the file system
  be64 lsn;
  std::byte uuid[16]{};
  be32 owner;  ///< number of the AG
  le32 crc;    ///< of the block
};
static_assert(sizeof(XfsTree) == 16 && sizeof(XfsTreeCrc) == 40);
inline constexpr std::size_t kXfsTreeCrcOffset = sizeof(XfsTree) + offsetof(XfsTreeCrc, crc);

/// A free extent in a leaf, in blocks of the AG. Interior blocks have the same as keys, then pointers (be32).
struct XfsFree {
  be32 start, count;
};

/// Begins a log record, in a block of 512 bytes.
struct XfsLogRecord {
  be32 magic;
  be32 cycle;
  be32 version;
  be32 length;  ///< bytes behind the header
  be64 lsn;     ///< cycle << 32 | block
  be64 tail_lsn;
  le32 crc;
  be32 previous;
  be32 operations;
  be32 cycle_data[64];
  be32 format;
  std::byte uuid[16]{};
  be32 size;  ///< of the log buffer; beyond 32 KiB the header has more blocks
};
static_assert(offsetof(XfsLogRecord, format) == 300 && sizeof(XfsLogRecord) == 324);

/// Header of an operation in a log record.
struct XfsLogOperation {
  be32 transaction;
  be32 length;
  std::uint8_t client = 0;
  std::uint8_t flags = 0;  ///< 0x20: unmount
  be16 reserved;
};
static_assert(sizeof(XfsLogOperation) == 12);

}  // namespace san::filesystem
