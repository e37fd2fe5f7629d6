// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "block/device_filter.h"
#include "core/range.h"
#include "partition/partition_table.h"

namespace san::partition {

/// One block of a disk that differs between two tables on it.
struct TablePatch {
  std::uint64_t offset = 0;
  std::vector<std::byte> wanted;  ///< content with the edited table
  std::vector<std::byte> source;  ///< content of the source; empty beyond its end

  std::uint64_t end() const { return offset + wanted.size(); }
};

/// Returns the differences between a disk with the table `after` and `source`, which has the table `before`:
/// blocks of `block` bytes in ascending order. The old position of the GPT's backup becomes zeros, because
/// programs that search for a lost table would otherwise find it in the middle of a larger disk. Throws the
/// errors of reading the source.
std::vector<TablePatch> table_patches(Device& source, const PartitionTable& before,
                                      const PartitionTable& after, std::uint32_t block);

/// Returns the ranges that a table occupies: patches are in these, including those of an earlier run with
/// other edits.
RangeSet table_ranges(const PartitionTable& table);

/// Destination that presents the table of the source while the edited table is on the device beneath, so that
/// copying, comparing and verifying need not know of the edit.
///
/// Reading exchanges the two: if a patched block holds the edited content, that of the source is returned,
/// and if it holds that of the source, the edited content is returned, so that neither can pass for the
/// other. Other content is returned as it is. Writing or zeroing a patched block writes the edited content. A
/// copy does not write beyond the source's end and may leave out blocks that are zero in the source: flush()
/// writes the patches there before it passes the flush on. Patches in the boot region wait until byte 0 is
/// written: an unfinished clone must not look bootable.
class TableDevice final : public DeviceFilter {
 public:
  /// `below` must outlive this object. `patches` are of its logical blocks. `head` is the length in bytes of
  /// the boot region, which is written last. With `verify`, flush() reads back what it has written, and fails
  /// with Error(no) if it differs.
  TableDevice(Device& below, std::vector<TablePatch> patches, std::uint64_t head, bool verify);

  /// Returns true if the device holds exactly the source's table, because it was cloned without the edit.
  /// Throws the errors of reading.
  bool holds_source();
  /// Returns the ranges beyond the source's end that do not hold the edited content.
  RangeSet wrong_beyond();

  Device& underlying() override { return below_.underlying(); }
  bool read_only() const override { return below_.read_only(); }
  bool write_protected() const override { return below_.write_protected(); }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;
  bool sequential() const override { return below_.sequential(); }
  void finish(std::uint64_t content) override { below_.finish(content); }
  void commit() override { below_.commit(); }
  std::uint64_t cache_loss_generation() const override { return below_.cache_loss_generation(); }
  bool has_blocks() const override { return below_.has_blocks(); }
  bool resizable() const override { return below_.resizable(); }
  void resize(std::uint64_t size) override { below_.resize(size); }

 private:
  using Patches = std::vector<TablePatch>;
  /// Neighbouring patches that flush() writes, at most one transfer.
  struct Own {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool beyond = false;   ///< the range is beyond the source's end
    bool settled = false;  ///< written, or being written; guarded by mutex_
  };
  class Settling;

  /// Returns the patches that overlap the range.
  std::span<const TablePatch> touched(std::uint64_t offset, std::uint64_t length) const;
  void collect_own();
  void exchange(std::uint64_t offset, std::span<std::byte> bytes) const;
  void split(std::uint64_t offset, std::uint64_t length, bool may_unmap, Completion done);

  const Limits limits_;
  const Patches patches_;
  const std::uint64_t head_;
  const bool verify_;
  std::vector<Own> own_;
  std::uint64_t cache_loss_generation_;  ///< value at the last flush; guarded by mutex_
  std::mutex mutex_;
  std::atomic<bool> boot_region_written_{false};
};

}  // namespace san::partition
