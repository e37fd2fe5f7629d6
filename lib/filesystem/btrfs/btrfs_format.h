// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <tuple>

#include "core/endian.h"

// Structures of btrfs on disk, little-endian. Source: "On-disk Format" of the btrfs documentation
// (btrfs.readthedocs.io) and Linux, include/uapi/linux/btrfs_tree.h.

namespace san::filesystem {

inline constexpr std::uint64_t kBtrfsSuperOffset = 0x10000;
inline constexpr std::size_t kBtrfsSuperSize = 4096;
inline constexpr std::size_t kBtrfsSumSize =
    32;  ///< begins superblock and nodes, and is not summed up itself

struct BtrfsSuper {
  std::byte sum[kBtrfsSumSize]{};
  std::byte uuid[16]{};
  le64 logical;
  le64 flags;
  char magic[8]{};  ///< _BHRfS_M
  le64 generation;
  le64 root, chunk_root, log_root;
  le64 log_generation;
  le64 size, used;
  le64 root_directory;  ///< of the tree of roots
  le64 devices;
  le32 sector, node, leaf, stripe;
  le32 chunk_array_size;
  le64 chunk_generation;
  le64 compat, compat_ro, incompat;
  le16 sum_type;  ///< 0 CRC-32C, 1 xxHash64, 2 SHA-256, 3 BLAKE2b
  std::uint8_t root_level = 0, chunk_level = 0, log_level = 0;
  std::byte device[98]{};
  char label[256]{};
  le64 cache_generation, uuid_generation;
  std::byte metadata_uuid[16]{};
  std::byte unused[224]{};
  std::byte chunk_array[2048]{};
};
static_assert(offsetof(BtrfsSuper, sum_type) == 0xc4 && offsetof(BtrfsSuper, label) == 0x12b &&
              offsetof(BtrfsSuper, metadata_uuid) == 0x23b && offsetof(BtrfsSuper, chunk_array) == 0x32b);

struct BtrfsKey {
  le64 object;
  std::uint8_t type = 0;
  le64 offset;

  auto tuple() const { return std::tuple<std::uint64_t, std::uint8_t, std::uint64_t>(object, type, offset); }
  bool operator==(const BtrfsKey& other) const { return tuple() == other.tuple(); }
  auto operator<=>(const BtrfsKey& other) const { return tuple() <=> other.tuple(); }
};
static_assert(sizeof(BtrfsKey) == 17);

namespace btrfs {

// Types of items.
inline constexpr std::uint8_t kInodeItem = 1, kDirItem = 84, kDirIndex = 96, kExtentData = 108,
                              kRootItem = 132, kRootBackref = 144, kChunkItem = 228;
// Objects.
inline constexpr std::uint64_t kTopSubvolume = 5, kFirstFree = 256, kChunkTree = 256;

struct Node {  ///< header of a block of a tree
  std::byte sum[kBtrfsSumSize]{};
  std::byte uuid[16]{};
  le64 logical;
  le64 flags;
  std::byte chunk_uuid[16]{};
  le64 generation;
  le64 owner;
  le32 items;
  std::uint8_t level = 0;
};
struct Item {  ///< of a leaf
  BtrfsKey key;
  le32 offset, size;  ///< from the end of the header
};
struct Pointer {  ///< of an inner node
  BtrfsKey key;
  le64 logical, generation;
};
static_assert(sizeof(Node) == 101 && sizeof(Item) == 25 && sizeof(Pointer) == 33);

struct Chunk {
  le64 length, owner, stripe_length;
  le64 type;
  le32 io_align, io_width, sector;
  le16 stripes, sub_stripes;
};
struct Stripe {
  le64 device, offset;
  std::byte uuid[16]{};
};
static_assert(sizeof(Chunk) == 48 && sizeof(Stripe) == 32);
inline constexpr std::uint64_t kDup = 1 << 5;
/// RAID 0, 1, 10, 5, 6, 1C3, 1C4.
inline constexpr std::uint64_t kRaid = 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10;

struct Inode {
  le64 generation, transaction, size, bytes, group;
  le32 links, user, group_id, mode;
  le64 device, flags, sequence;
  le64 reserved[4];
  le64 accessed;
  le32 accessed_ns;
  le64 changed;
  le32 changed_ns;
  le64 modified;
  le32 modified_ns;
  le64 created;
  le32 created_ns;
};
static_assert(sizeof(Inode) == 160);

struct Root {  ///< as far as it is used
  Inode inode;
  le64 generation, directory, logical, limit, used, snapshot, flags;
  le32 references;
  std::byte drop[18]{};
  std::uint8_t level = 0;
};
static_assert(offsetof(Root, logical) == 176 && offsetof(Root, level) == 238);

struct DirEntry {  ///< the name follows
  BtrfsKey location;
  le64 transaction;
  le16 data_size, name_size;
  std::uint8_t type = 0;
};
static_assert(sizeof(DirEntry) == 30);

struct FileExtent {
  le64 generation;
  le64 unpacked;  ///< bytes
  std::uint8_t compression = 0, encryption = 0;
  le16 encoding;
  std::uint8_t type = 0;  ///< 0 in the item itself, 1 elsewhere, 2 allocated but not written
};
struct ExtentLocation {  ///< behind it, for type 1 and 2
  le64 logical;          ///< 0: a hole
  le64 stored;           ///< bytes
  le64 offset, size;     ///< which of the unpacked bytes count
};
static_assert(sizeof(FileExtent) == 21 && sizeof(ExtentLocation) == 32);

}  // namespace btrfs
}  // namespace san::filesystem
