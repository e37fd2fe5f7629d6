// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <vector>

#include "core/crc32c.h"
#include "filesystem/xfs/xfs_driver.h"
#include "filesystem/xfs/xfs_format.h"
#include "filesystem/xfs/xfs_log.h"

// References: "XFS Algorithms & Data Structures", 3rd edition, as named at each structure in xfs_format.h.

namespace san::filesystem {
namespace {

constexpr std::uint16_t kVersionShared = 0x0200;  // IRIX only
constexpr std::uint32_t kFeatures2LazyCount = 0x2;
constexpr std::uint32_t kFeatures2Crc = 0x100;
constexpr std::uint32_t kMetaUuid = 0x4, kNeedsRepair = 0x10, kMetaDir = 0x100, kZoned = 0x200;
// free inode, reverse mapping and reference count B+trees, inode B+tree counters: none changes what the free
// space B+trees say. Others are not known to leave them alone.
constexpr std::uint32_t kRoCompatKnown = 0xf;
// ftype, sparse inodes, metadata UUID, big time stamps, 64-bit extent counts, exchange-range, parent pointers
constexpr std::uint32_t kIncompatKnown = 0x1 | 0x2 | kMetaUuid | 0x8 | 0x20 | 0x40 | 0x80;

class Xfs {
 public:
  Xfs(Volume& volume, FreeRanges& free, FreeSpace& result) : volume_(volume), free_(free), result_(result) {}

  void run() {
    superblock();
    check_log();
    for (std::uint32_t ag = 0; ag < super_.ag_count; ++ag) group(ag);
    // sb_fdblocks, chapter "Superblocks": AGFL and B+tree blocks can be freed, so they count as free.
    if (counted_ != super_.free_blocks)
      throw_inconsistent("count of free blocks",
                         fmt::format("{} in the superblock, {} in the allocation groups",
                                     std::uint64_t{super_.free_blocks}, counted_));
  }

 private:
  bool v5() const { return (super_.version & 0xf) == 5; }
  std::uint64_t block_size() const { return super_.block_size; }

  void superblock() {
    super_ = volume_.get<XfsSuper>(0, "superblock");
    const std::uint32_t version = super_.version & 0xf;
    if (version != 4 && version != 5)
      throw MetadataError{fmt::format("XFS version {} is not supported", version)};
    const std::uint32_t sector = super_.sector_size;
    const std::uint32_t block = super_.block_size;
    if (!std::has_single_bit(sector) || sector < 512 || sector > 32768 || !std::has_single_bit(block) ||
        block < 512 || block > 65536 || sector > block || super_.block_log != std::countr_zero(block))
      throw_inconsistent("superblock", "impossible block or sector size");
    if (v5() && crc(0, sector, offsetof(XfsSuper, crc), "superblock") != super_.crc)
      throw_inconsistent("superblock", "its checksum is wrong");

    const std::uint64_t blocks = super_.blocks, ag_blocks = super_.ag_blocks, count = super_.ag_count;
    if (blocks > volume_.size() / block) throw_inconsistent("superblock", "it spans more than the partition");
    if (ag_blocks < 64 || count == 0 || (blocks + ag_blocks - 1) / ag_blocks != count ||
        super_.ag_block_log > 31 || ag_blocks > std::uint64_t{1} << super_.ag_block_log)
      throw_inconsistent("superblock", "its allocation groups do not fit its size");
    result_.size = blocks * block;

    if (super_.in_progress != 0) throw_inconsistent("superblock", "mkfs or growfs did not finish");
    if (super_.log_start == 0) throw MetadataError{"its log is on another device"};
    if (super_.realtime_blocks != 0) throw MetadataError{"it has a realtime device"};
    if ((super_.version & kVersionShared) != 0) throw MetadataError{"it was made for shared mounts by IRIX"};
    features();
  }

  void features() {
    uuid_.assign(super_.uuid, super_.uuid + 16);
    if (!v5()) {
      const bool more = (super_.version & kXfsVersionMoreBits) != 0;
      lazy_ = more && (super_.features2 & kFeatures2LazyCount) != 0;
      if (more && (super_.features2 & kFeatures2Crc) != 0)
        throw_inconsistent("superblock", "version 4 cannot have checksums");
      return;
    }
    lazy_ = true;
    const std::uint32_t incompat = super_.features_incompat;
    if ((incompat & kNeedsRepair) != 0)
      throw_inconsistent("superblock", "it is marked as in need of xfs_repair");
    if ((incompat & (kMetaDir | kZoned)) != 0) throw MetadataError{"it has realtime groups (metadir)"};
    if ((incompat & ~kIncompatKnown) != 0 || (super_.features_ro_compat & ~kRoCompatKnown) != 0)
      throw MetadataError{
          fmt::format("it has features that are not supported (incompat {:#x}, ro_compat {:#x})", incompat,
                      std::uint32_t{super_.features_ro_compat})};
    if ((incompat & kMetaUuid) != 0) uuid_.assign(super_.meta_uuid, super_.meta_uuid + 16);
  }

  void check_log() {
    const std::uint64_t ag = super_.log_start >> super_.ag_block_log;
    const std::uint64_t in_ag = super_.log_start & ((std::uint64_t{1} << super_.ag_block_log) - 1);
    const std::uint64_t start = ag * super_.ag_blocks + in_ag;
    if (ag >= super_.ag_count || in_ag >= super_.ag_blocks || start + super_.log_blocks > super_.blocks)
      throw_inconsistent("superblock", "its log does not lie within it");
    log_ = {start, super_.log_blocks};
    check_xfs_log_clean(volume_, start * block_size(), super_.log_blocks * block_size(), super_.uuid);
  }

  std::uint32_t crc(std::uint64_t offset, std::size_t size, std::size_t field, const char* what) {
    buffer_.resize(size);
    volume_.read(offset, buffer_, what);
    return crc32c(buffer_, field);
  }

  void group(std::uint32_t ag) {
    const std::uint64_t start = std::uint64_t{ag} * super_.ag_blocks;  // in blocks
    const std::uint64_t length = std::min<std::uint64_t>(super_.ag_blocks, super_.blocks - start);
    const std::uint64_t sector = super_.sector_size;
    const std::string name = fmt::format("allocation group {}", ag);
    // Superblock, AGF, AGI and AGFL have a sector each.
    const std::uint64_t header = (4 * sector + block_size() - 1) / block_size();
    if (length < header) throw_inconsistent(name, "it has no room for its header");

    const std::uint64_t offset = start * block_size() + sector;
    const auto agf = volume_.get<XfsAgf>(offset, "allocation group");
    if (agf.magic != kXfsAgfMagic || agf.version != 1 || agf.number != ag || agf.length != length)
      throw_inconsistent(name, "its header is not one");
    if (v5()) {
      if (std::memcmp(agf.uuid, uuid_.data(), 16) != 0)
        throw_inconsistent(name, "it belongs to another file system");
      if (crc(offset, sector, offsetof(XfsAgf, crc), "allocation group") != agf.crc)
        throw_inconsistent(name, "its checksum is wrong");
    }
    if (agf.levels[0] == 0 || agf.levels[0] > kXfsMaxLevels) throw_inconsistent(name, "impossible B+tree");

    Ag state{ag, start, length, name, header};
    leaves(state, first_leaf(state, agf.roots[0], agf.levels[0]));
    if (state.total != agf.free_blocks || state.longest != agf.longest)
      throw_inconsistent(name, fmt::format("{} free blocks in its header, {} in its B+tree",
                                           std::uint32_t{agf.free_blocks}, state.total));
    counted_ += state.total + agf.list_count + (lazy_ ? std::uint32_t{agf.tree_blocks} : 0);
  }

  struct Ag {
    std::uint32_t number = 0;
    std::uint64_t start = 0, length = 0;  ///< blocks
    const std::string& name;
    std::uint64_t next = 0;  ///< the first block that the next extent may have
    std::uint64_t total = 0, longest = 0;
    std::uint32_t single_leaf = kXfsNoBlock;  ///< the root, if it is a leaf
  };

  /// Reads a block of the B+tree into tree_ and checks what it says of itself.
  XfsTree read_tree(const Ag& ag, std::uint32_t block, unsigned level) {
    if (block >= ag.length) throw_inconsistent(ag.name, "its B+tree points outside of it");
    const std::uint64_t offset = (ag.start + block) * block_size();
    tree_.resize(block_size());
    volume_.read(offset, tree_, "B+tree of free space");
    const auto head = *read_at<XfsTree>(tree_, 0);
    if (head.magic != (v5() ? kXfsBnoCrcMagic : kXfsBnoMagic) || head.level != level)
      throw_inconsistent(ag.name, "a block of its B+tree is not one");
    if (v5()) {
      const auto more = *read_at<XfsTreeCrc>(tree_, sizeof(XfsTree));
      if (more.owner != ag.number || more.block != offset / 512 ||
          std::memcmp(more.uuid, uuid_.data(), 16) != 0)
        throw_inconsistent(ag.name, "a block of its B+tree belongs elsewhere");
      if (crc32c(tree_, kXfsTreeCrcOffset) != more.crc)
        throw_inconsistent(ag.name, "a checksum in its B+tree is wrong");
    }
    return head;
  }
  std::size_t header_size() const { return sizeof(XfsTree) + (v5() ? sizeof(XfsTreeCrc) : 0); }

  std::uint32_t first_leaf(Ag& ag, std::uint32_t block, unsigned levels) {
    if (levels == 1) ag.single_leaf = block;
    for (unsigned level = levels - 1; level > 0; --level) {
      const XfsTree head = read_tree(ag, block, level);
      const std::size_t most = (block_size() - header_size()) / (sizeof(XfsFree) + sizeof(be32));
      if (head.count == 0 || head.count > most) throw_inconsistent(ag.name, "impossible B+tree");
      block = *read_at<be32>(tree_, header_size() + most * sizeof(XfsFree));
    }
    return block;
  }

  /// The leaves are chained, in order. Each has an extent further on than those before, so a loop of links
  /// ends as an extent out of order.
  void leaves(Ag& ag, std::uint32_t block) {
    std::uint32_t left = kXfsNoBlock;
    while (block != kXfsNoBlock) {
      const XfsTree head = read_tree(ag, block, 0);
      const std::size_t most = (block_size() - header_size()) / sizeof(XfsFree);
      if (head.left != left || head.count > most || (head.count == 0 && block != ag.single_leaf))
        throw_inconsistent(ag.name, "impossible B+tree");
      if (block == ag.single_leaf && head.right != kXfsNoBlock)
        throw_inconsistent(ag.name, "impossible B+tree");
      for (std::size_t i = 0; i < head.count; ++i)
        extent(ag, *read_at<XfsFree>(tree_, header_size() + i * sizeof(XfsFree)));
      left = block;
      block = head.right;
    }
  }

  void extent(Ag& ag, const XfsFree& free) {
    const std::uint64_t first = free.start, count = free.count;
    if (count == 0 || first < ag.next || first + count > ag.length)
      throw_inconsistent(ag.name, fmt::format("its free extent of {} blocks at {} cannot be", count, first));
    if (log_.overlaps({ag.start + first, count})) throw_inconsistent(ag.name, "the log counts as free");
    ag.next = first + count;
    ag.total += count;
    ag.longest = std::max(ag.longest, count);
    free_.add((ag.start + first) * block_size(), count * block_size());
  }

  Volume& volume_;
  FreeRanges& free_;
  FreeSpace& result_;
  XfsSuper super_;
  bool lazy_ = false;            ///< counters are summed up from the AGs at mount
  std::vector<std::byte> uuid_;  ///< as all metadata but the superblock and the log has it
  Range log_;                    ///< blocks
  std::uint64_t counted_ = 0;
  std::vector<std::byte> buffer_, tree_;
};

}  // namespace

void read_xfs(Volume& volume, FreeRanges& free, FreeSpace& result) {
  Xfs(volume, free, result).run();
}

}  // namespace san::filesystem
