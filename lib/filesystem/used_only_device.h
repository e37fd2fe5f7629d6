// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "block/filter/source_filter.h"
#include "filesystem/read_free_space.h"
#include "partition/partition_table.h"

namespace san {

/// What becomes of a partition, or of a whole device without a partition table.
struct UsedPartition {
  std::uint32_t number = 0;  ///< 0: the whole device
  std::uint64_t offset = 0, length = 0;
  std::string content;  ///< as FreeSpace::type
  std::string
      copy_whole_reason;   ///< a clause that says why it is copied whole; empty where only what it uses is
  bool warning = false;    ///< … and that is worth a warning: FreeSpace::fault, or the table is in doubt
  std::uint64_t free = 0;  ///< bytes that are taken for zeros

  std::uint64_t used() const { return length - free; }
};

/// A device whose file systems' free space reads as zeros, and is known to be zeros without being read. All
/// else is as it is on the device below: partition tables, gaps between partitions, and partitions whose free
/// space cannot be told for certain. To read from only: writes are refused.
class UsedOnlyDevice final : public SourceFilter {
 public:
  struct Options {
    /// Not empty: a clause that says why nothing is to be taken for free, such as a mounted file system.
    std::string copy_whole_reason;
    /// Free runs below this many bytes are taken for used. They can be as short as a page, for what is saved
    /// is the writing.
    std::uint64_t min_run = 4 * KiB;
    /// In all partitions; see FreeSpaceOptions. Takes 16 bytes a range.
    std::size_t max_ranges = std::size_t{1} << 20;
  };

  /// Reads what is free in each partition that `table` lists, or on the whole of `below` where there is no
  /// table. `below` outlives this device, and what is on it must not change from now on. Throws what
  /// read_free_space() throws.
  ///
  /// Copied whole are, beside what read_free_space() does not know: everything where the table is in doubt
  /// (its two copies differ, or something else is on the device that may count instead); and a partition that
  /// overlaps another one or the table itself.
  UsedOnlyDevice(Device& below, const PartitionTable& table, const Options& options);
  UsedOnlyDevice(Device& below, const PartitionTable& table) : UsedOnlyDevice(below, table, Options()) {}

  /// In the order of their place on the device; containers of logical partitions are left out.
  const std::vector<UsedPartition>& partitions() const { return partitions_; }
  /// Bytes that are taken for zeros: the sum over the partitions.
  std::uint64_t free_bytes() const { return free_bytes_; }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void flush(Completion done) override { refuse(done); }

 private:
  /// The first free range that ends behind `offset`.
  std::vector<ByteRange>::const_iterator after(std::uint64_t offset) const;
  /// Puts zeros over what is free in what was read from `offset` on.
  void blank(std::uint64_t offset, std::span<std::byte> bytes) const;

  std::vector<UsedPartition> partitions_;
  std::vector<ByteRange> free_;  ///< ascending, disjoint
  std::uint64_t free_bytes_ = 0;
};

}  // namespace san
