// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "block/device_filter.h"
#include "partition/partition_table.h"

namespace san {

/// One block of a disk that differs between two tables on it.
struct TablePatch {
  std::uint64_t offset = 0;
  std::vector<std::byte> wanted;  ///< with the edited table
  std::vector<std::byte> source;  ///< as the source has it; empty beyond its end

  std::uint64_t end() const { return offset + wanted.size(); }
};

/// How a disk with the table `after` differs from `source`, which has the table `before`: ascending blocks of
/// `block` bytes, each with bytes that differ. Where the GPT's old backup was, there are zeros: programs that
/// look for a lost table find it else, in the middle of a larger disk. Throws what reading the source throws.
std::vector<TablePatch> table_patches(Device& source, const PartitionTable& before,
                                      const PartitionTable& after, std::uint32_t block);

/// Ranges (offset and length, ascending, joined) of which a table consists: where patches may be, or may have
/// been by an earlier run with other wishes.
std::vector<std::pair<std::uint64_t, std::uint64_t>> table_places(const PartitionTable& table);

/// A destination that looks as if it held the table of the source, while in truth the edited table is there:
/// what copies, compares or verifies need not know of it.
///
/// A read exchanges both: of each patched block, what is wanted is given back as the source's, and the
/// source's as what is wanted, so that neither is ever taken for the other; anything else is given as it is.
/// What is written or zeroed there becomes what is wanted. Beyond the source's end nobody writes: flush()
/// does so before it passes the flush on, and also where the source has zeros, which a copy may leave out.
/// All that is in the head waits until byte 0 is written: a clone must not look bootable before its end.
class TableDevice final : public DeviceFilter {
 public:
  /// `below` outlives it. `patches` are of its logical blocks. `head`: bytes at the front that are written
  /// last. With `verify`, what flush() writes is read back; it fails with Error(no) where it is not there.
  TableDevice(Device& below, std::vector<TablePatch> patches, std::uint64_t head, bool verify);

  /// Whether the device holds exactly the source's table: it was cloned without the edit. Throws what a read
  /// throws.
  bool holds_source();
  /// Ranges beyond the source's end that do not hold what is wanted: offset and length, joined.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> wrong_beyond();

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
  /// What flush() sees to: some neighbouring patches, one transfer at most.
  struct Own {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool beyond = false;   ///< the source's end
    bool settled = false;  ///< on the device, or on its way; guarded by mutex_
  };
  class Settling;

  /// The patches that touch the range.
  std::span<const TablePatch> touched(std::uint64_t offset, std::uint64_t length) const;
  void collect_own();
  void exchange(std::uint64_t offset, std::span<std::byte> bytes) const;
  void split(std::uint64_t offset, std::uint64_t length, bool may_unmap, Completion done);

  const Limits limits_;
  const Patches patches_;
  const std::uint64_t head_;
  const bool verify_;
  std::vector<Own> own_;
  std::uint64_t cache_loss_generation_;  ///< at the last flush; guarded by mutex_
  std::mutex mutex_;
  std::atomic<bool> boot_region_written_{false};
};

}  // namespace san
