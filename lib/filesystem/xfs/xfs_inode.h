// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "filesystem/volume/file_runs.h"
#include "filesystem/xfs/xfs_file_format.h"
#include "filesystem/xfs/xfs_format.h"

namespace san::filesystem {

/// Reader of the inodes of an XFS file system and of the extents of their data. Every function throws
/// MetadataError if what it reads contradicts itself.
class XfsInodes {
 public:
  /// Reads the superblock of `volume`, which has to outlive this object.
  explicit XfsInodes(Volume& volume);

  struct File {
    XfsInode core;
    std::vector<std::byte> fork;  ///< its data or the extents of it, as far as the inode holds them
  };
  File read(std::uint64_t number);

  /// Returns the runs of a file's data that touch [offset, end), in bytes. Blocks that were never written are
  /// left out.
  std::vector<FileRun> runs(const File& file, std::uint64_t offset, std::uint64_t end);

  bool v5() const { return (super_.version & 0xf) == 5; }
  /// Returns true if directories record the type of each file.
  bool has_types() const;
  std::uint64_t root() const { return super_.root_inode; }
  std::uint64_t block() const { return super_.block_size; }
  std::uint64_t directory_block() const { return block() << super_.directory_block_log; }

 private:
  struct Wanted {
    std::uint64_t offset, end;
    std::uint64_t next = 0;  ///< the first block of the file that the next extent may have
    std::vector<FileRun> runs;
  };

  std::uint64_t offset_of_block(std::uint64_t block) const;
  void add_extents(std::span<const std::byte> bytes, std::size_t count, Wanted& wanted) const;
  XfsBmapBlock read_node(std::uint64_t block, unsigned level);
  void walk_tree(const File& file, Wanted& wanted);

  Volume& volume_;
  XfsSuper super_;
  std::vector<std::byte> node_;
};

}  // namespace san::filesystem
