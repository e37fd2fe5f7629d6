// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/endian.h"

// Structures of files of XFS on disk. Source: "XFS Algorithms & Data Structures", 3rd edition: chapters
// "On-disk Inode", "Data Extents", "Directories" and "Symbolic Links".

namespace san::filesystem {

inline constexpr std::uint16_t kXfsInodeMagic = 0x494e;                     // IN
inline constexpr std::uint32_t kXfsBmapMagic = 0x424d4150;                  // BMAP, version 4
inline constexpr std::uint32_t kXfsBmapCrcMagic = 0x424d4133;               // BMA3, version 5
inline constexpr std::uint32_t kXfsDirBlockMagic = 0x58443242;              // XD2B: a directory of one block
inline constexpr std::uint32_t kXfsDirBlockCrcMagic = 0x58444233;           // XDB3
inline constexpr std::uint32_t kXfsDirDataMagic = 0x58443244;               // XD2D: one of several
inline constexpr std::uint32_t kXfsDirDataCrcMagic = 0x58444433;            // XDD3
inline constexpr std::uint32_t kXfsLinkMagic = 0x58534c4d;                  // XSLM
inline constexpr std::uint64_t kXfsDirLeafOffset = std::uint64_t{1} << 35;  ///< bytes; data is before it

struct XfsInode {
  be16 magic;
  be16 mode;
  std::uint8_t version = 0;
  std::uint8_t format = 0;  ///< 1 in the inode, 2 list of extents, 3 B+tree of extents
  be16 old_links;
  be32 user, group, links;
  be16 project_low, project_high;
  be64 big_extents;  ///< with flags2 bit 4
  be64 accessed, modified, changed;
  be64 size;
  be64 blocks;
  be32 extent_size;
  be32 extents;
  be16 attribute_extents;
  std::uint8_t fork_offset =
      0;  ///< offset of the attribute fork behind this, in units of 8 bytes; 0 if there is none
  std::uint8_t attribute_format = 0;
  be32 dm_events;
  be16 dm_state;
  be16 flags;  ///< 1: on the realtime device
  be32 generation;
  be32 next_unlinked;
  // Version 3 adds:
  le32 crc;  ///< of the inode
  be64 changes, lsn;
  be64 flags2;  ///< bit 3: big time stamps, bit 4: big counts of extents
  be32 copy_extent_size;
  std::byte unused[12]{};
  be64 created;
  be64 number;
  std::byte uuid[16]{};
};
static_assert(offsetof(XfsInode, size) == 56 && offsetof(XfsInode, fork_offset) == 82 &&
              offsetof(XfsInode, crc) == 100 && sizeof(XfsInode) == 176);
inline constexpr std::size_t kXfsInodeCore = 100;  ///< bytes of versions 1 and 2

/// An extent in 128 bits: 1 not written yet, 54 offset in the file, 52 block, 21 count; in blocks.
struct XfsExtent {
  be64 high, low;

  bool unwritten() const { return (high >> 63) != 0; }
  std::uint64_t logical() const { return (high & ~(std::uint64_t{1} << 63)) >> 9; }
  std::uint64_t block() const { return (high & 0x1ff) << 43 | low >> 21; }
  std::uint64_t count() const { return low & 0x1fffff; }
};

/// Begins the root of a B+tree of extents, which is in the inode.
struct XfsBmapRoot {
  be16 level, count;
};
/// Begins every other block of it. Version 5 has 48 bytes more.
struct XfsBmapBlock {
  be32 magic;
  be16 level, count;
  be64 left, right;
};
inline constexpr std::size_t kXfsBmapCrcHeader = 72;
inline constexpr std::size_t kXfsBmapCrcOffset = 64;

/// A directory in the inode: this, the parent's number, then XfsShortEntry, name, type, number.
struct XfsShortHeader {
  std::uint8_t count = 0;
  std::uint8_t wide = 0;  ///< not 0: numbers of inodes have 8 bytes instead of 4
};
inline constexpr std::size_t kXfsDirHeader = 16, kXfsDirCrcHeader = 64;  ///< of a block
inline constexpr std::size_t kXfsDirCrcOffset = 4;

/// Begins each extent of a symbolic link that is not in the inode; version 5.
struct XfsLinkHeader {
  be32 magic, offset, bytes;
  le32 crc;
  std::byte uuid[16]{};
  be64 owner, block, lsn;
};
static_assert(sizeof(XfsLinkHeader) == 56);

}  // namespace san::filesystem
