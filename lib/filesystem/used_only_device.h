// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "block/device_filter.h"
#include "filesystem/read_free_space.h"
#include "partition/partition_table.h"

namespace san::filesystem {

/// Decision about a partition, or about a whole device without a partition table: copied whole or not.
struct UsedPartition {
  std::uint32_t number = 0;  ///< 0: the whole device
  std::uint64_t offset = 0, length = 0;
  std::string content;            ///< as FreeSpace::type
  std::string copy_whole_reason;  ///< a clause; empty if only its used bytes are copied
  bool warning = false;           ///< the reason is worth a warning: FreeSpace::fault, or a table in doubt
  std::uint64_t free = 0;         ///< bytes that read as zeros

  std::uint64_t used() const { return length - free; }
};

/// Device on which the free space of file systems reads as zeros, and is known to be zeros without being
/// read. All else is as it is on the device below: partition tables, gaps between partitions, and partitions
/// whose free space is not known for certain.
class UsedOnlyDevice final : public ReadableFilter {
 public:
  struct Options {
    /// A clause that says why nothing counts as free, such as a mounted file system; empty if free space
    /// counts.
    std::string copy_whole_reason;
    /// Free runs below this many bytes count as used. They can be as short as a page, because the gain is in
    /// what need not be written.
    std::uint64_t min_run = 4 * KiB;
    /// Limit for all partitions together, at 16 bytes a range; see FreeSpaceOptions.
    std::size_t max_ranges = std::size_t{1} << 20;
  };

  /// Reads the free space of each partition that `table` lists, or of the whole of `below` if there is no
  /// table. `below` has to outlive this device, and its content must not change from now on. Throws what
  /// read_free_space() throws.
  ///
  /// Copied whole are, beside what read_free_space() does not know: everything if the table is in doubt (its
  /// two copies differ, or the device has another content that may count instead); and a partition that
  /// overlaps another one or the table itself.
  UsedOnlyDevice(ReadableDevice& below, const partition::PartitionTable& table, const Options& options);
  UsedOnlyDevice(ReadableDevice& below, const partition::PartitionTable& table)
      : UsedOnlyDevice(below, table, Options()) {}

  /// Returns the partitions by ascending offset, without containers of logical partitions.
  const std::vector<UsedPartition>& partitions() const { return partitions_; }
  /// Returns the number of bytes that read as zeros, summed over the partitions.
  std::uint64_t free_bytes() const { return free_bytes_; }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

 private:
  /// Returns the first free range that ends behind `offset`.
  std::vector<Range>::const_iterator after(std::uint64_t offset) const;
  /// Puts zeros over the free bytes among `bytes`, which were read from `offset` on.
  void blank(std::uint64_t offset, std::span<std::byte> bytes) const;

  std::vector<UsedPartition> partitions_;
  std::vector<Range> free_;  ///< ascending, disjoint
  std::uint64_t free_bytes_ = 0;
};

}  // namespace san::filesystem
