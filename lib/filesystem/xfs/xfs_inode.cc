// SPDX-License-Identifier: Apache-2.0
#include "filesystem/xfs/xfs_inode.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "core/crc32c.h"

// References: "XFS Algorithms & Data Structures", 3rd edition, as named at each structure.

namespace san::filesystem {
namespace {

constexpr std::uint32_t kFeatures2Type = 0x200;
constexpr std::uint32_t kIncompatType = 0x1, kIncompatNeedsRepair = 0x10;
// ftype, sparse inodes, metadata UUID, big time stamps, 64-bit extent counts, exchange-range, parent pointers
constexpr std::uint32_t kIncompatRead = 0x1 | 0x2 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80;

[[noreturn]] void bad(const char* what, const char* detail) {
  throw_inconsistent(what, detail);
}

}  // namespace

XfsInodes::XfsInodes(Volume& volume) : volume_(volume) {
  super_ = volume_.get<XfsSuper>(0, "superblock");
  const std::uint32_t version = super_.version & 0xf, block = super_.block_size, inode = super_.inode_size;
  if (version != 4 && version != 5)
    throw MetadataError{fmt::format("XFS version {} is not supported", version)};
  if (!std::has_single_bit(block) || block < 512 || block > 65536 ||
      super_.block_log != std::countr_zero(block) || !std::has_single_bit(inode) || inode < 256 ||
      inode > 2048 || inode > block || super_.inodes_per_block_log != std::countr_zero(block / inode) ||
      super_.directory_block_log > 7 || directory_block() > 65536)
    bad("superblock", "impossible sizes");
  if (super_.blocks > volume_.size() / block) bad("superblock", "it spans more than the partition");
  if (super_.ag_blocks == 0 || super_.ag_block_log > 31 ||
      super_.ag_blocks > std::uint64_t{1} << super_.ag_block_log)
    bad("superblock", "impossible allocation groups");
  const std::uint32_t incompat = v5() ? std::uint32_t{super_.features_incompat} : 0;
  if ((incompat & kIncompatNeedsRepair) != 0) bad("superblock", "it is marked as in need of xfs_repair");
  if ((incompat & ~kIncompatRead) != 0)
    throw MetadataError{fmt::format("it has features that are not supported (incompat {:#x})", incompat)};
}

bool XfsInodes::has_types() const {
  if (v5()) return (super_.features_incompat & kIncompatType) != 0;
  return (super_.version & kXfsVersionMoreBits) != 0 && (super_.features2 & kFeatures2Type) != 0;
}

/// Numbers of blocks and inodes are (AG number << bits of an AG) | number in the AG.
std::uint64_t XfsInodes::offset_of_block(std::uint64_t block) const {
  const std::uint64_t ag = block >> super_.ag_block_log;
  const std::uint64_t in_ag = block & ((std::uint64_t{1} << super_.ag_block_log) - 1);
  if (ag >= super_.ag_count || in_ag >= super_.ag_blocks || ag * super_.ag_blocks + in_ag >= super_.blocks)
    bad("map of blocks", "it points outside of the file system");
  return (ag * super_.ag_blocks + in_ag) * this->block();
}

XfsInodes::File XfsInodes::read(std::uint64_t number) {
  const std::uint64_t in_block = number & ((std::uint64_t{1} << super_.inodes_per_block_log) - 1);
  std::vector<std::byte> bytes(super_.inode_size);
  volume_.read(offset_of_block(number >> super_.inodes_per_block_log) + in_block * bytes.size(), bytes,
               "inode");
  File file;
  file.core = *read_at<XfsInode>(bytes, 0);
  const XfsInode& core = file.core;
  if (core.magic != kXfsInodeMagic || core.version > 3) bad("inode", "it is none");
  if (v5() &&
      (core.version != 3 || core.number != number || crc32c(bytes, offsetof(XfsInode, crc)) != core.crc))
    bad("inode", "its checksum is wrong, or it is another one");
  const std::size_t begin = core.version == 3 ? sizeof(XfsInode) : kXfsInodeCore;
  std::size_t size = bytes.size() - begin;
  if (core.fork_offset != 0) size = std::min(size, std::size_t{core.fork_offset} * 8);
  file.fork.assign(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                   bytes.begin() + static_cast<std::ptrdiff_t>(begin + size));
  return file;
}

void XfsInodes::add_extents(std::span<const std::byte> bytes, std::size_t count, Wanted& wanted) const {
  for (std::size_t i = 0; i < count; ++i) {
    const auto extent = *read_at<XfsExtent>(bytes, i * sizeof(XfsExtent));
    // In order, without overlaps: the walk through the tree ends by this, too.
    if (extent.count() == 0 || extent.logical() < wanted.next)
      bad("map of blocks", "its extents are in disorder");
    wanted.next = extent.logical() + extent.count();
    // Offsets have 54 bits, of which 51 can count with blocks of 4 KiB.
    if (wanted.next > (~std::uint64_t{0} >> super_.block_log))
      bad("map of blocks", "it goes beyond any file");
    const FileRun run{extent.logical() * block(), extent.count() * block(), offset_of_block(extent.block())};
    offset_of_block(extent.block() + extent.count() - 1);
    if (extent.unwritten() || run.end() <= wanted.offset || run.logical >= wanted.end) continue;
    wanted.runs.push_back(run);
  }
}

XfsBmapBlock XfsInodes::read_node(std::uint64_t block, unsigned level) {
  node_.resize(this->block());
  volume_.read(offset_of_block(block), node_, "map of blocks");
  const auto head = *read_at<XfsBmapBlock>(node_, 0);
  if (head.magic != (v5() ? kXfsBmapCrcMagic : kXfsBmapMagic) || head.level != level)
    bad("map of blocks", "a block of its B+tree is none");
  if (v5() && crc32c(node_, kXfsBmapCrcOffset) != *read_at<le32>(node_, kXfsBmapCrcOffset))
    bad("map of blocks", "a checksum is wrong");
  return head;
}

/// Down by the keys to the leaf that holds the wanted offset, then from leaf to leaf.
void XfsInodes::walk_tree(const File& file, Wanted& wanted) {
  const auto root = read_at<XfsBmapRoot>(file.fork, 0);
  if (!root || root->level == 0 || root->level > kXfsMaxLevels) bad("map of blocks", "impossible B+tree");
  const std::uint64_t from = wanted.offset / block();
  const auto child = [&](std::span<const std::byte> bytes, std::size_t count) {
    const std::size_t most = bytes.size() / 16;
    if (count == 0 || count > most) bad("map of blocks", "impossible B+tree");
    std::size_t at = 0;
    while (at + 1 < count && *read_at<be64>(bytes, (at + 1) * 8) <= from) ++at;
    return std::uint64_t{*read_at<be64>(bytes, (most + at) * 8)};
  };
  const std::size_t header = v5() ? kXfsBmapCrcHeader : sizeof(XfsBmapBlock);
  std::uint64_t block = child(std::span(file.fork).subspan(sizeof(XfsBmapRoot)), root->count);
  for (unsigned level = root->level - 1U; level > 0; --level) {
    const auto head = read_node(block, level);
    block = child(std::span(node_).subspan(header), head.count);
  }
  while (block != ~std::uint64_t{0} && wanted.next * this->block() < wanted.end) {
    const auto head = read_node(block, 0);
    const auto records = std::span<const std::byte>(node_).subspan(header);
    if (head.count == 0 || head.count > records.size() / sizeof(XfsExtent))
      bad("map of blocks", "impossible B+tree");
    add_extents(records, head.count, wanted);
    block = head.right;
  }
}

std::vector<FileRun> XfsInodes::runs(const File& file, std::uint64_t offset, std::uint64_t end) {
  if ((file.core.flags & 1) != 0) throw MetadataError{"it is on the realtime device"};
  Wanted wanted{.offset = offset, .end = end, .next = 0, .runs = {}};
  if (file.core.format == 2) {
    const bool big = file.core.version == 3 && (file.core.flags2 & 0x10) != 0;
    const std::uint64_t count = big ? std::uint64_t{file.core.big_extents} : std::uint64_t{file.core.extents};
    if (count > file.fork.size() / sizeof(XfsExtent)) bad("map of blocks", "it has more extents than fit");
    add_extents(file.fork, count, wanted);
  } else if (file.core.format == 3) {
    walk_tree(file, wanted);
  } else {
    bad("inode", "its data is of an unknown form");
  }
  return std::move(wanted.runs);
}

}  // namespace san::filesystem
