// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "block/device_filter.h"
#include "partition/edit/table_view.h"

namespace san::partition {

/// Destination that presents the table of the source while the edited table is on the device beneath, so that
/// copying and verifying need not know of the edit.
///
/// It reads as TableView does. Writing or zeroing a patched block writes the edited content. A copy does not
/// write beyond the source's end and may leave out blocks that are zero in the source: flush()
/// writes the patches there before it passes the flush on. Patches in the boot region wait until byte 0 is
/// written: an unfinished clone must not look bootable.
class TableDevice final : public DeviceFilter {
 public:
  /// `below` must outlive this object. `patches` are of its logical blocks. `head` is the length in bytes of
  /// the boot region, which is written last. With `verify`, flush() reads back what it has written, and fails
  /// with Error(no) if it differs.
  TableDevice(Device& below, std::vector<TablePatch> patches, std::uint64_t head, bool verify);

  Device& underlying() override { return below_.underlying(); }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return view_.extents(offset, length);
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    view_.read(offset, into, std::move(done));
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;

 private:
  /// Neighbouring patches that flush() writes, at most one transfer.
  struct Own {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool beyond = false;   ///< the range is beyond the source's end
    bool settled = false;  ///< written, or being written; guarded by mutex_
  };
  class Settling;

  void collect_own();
  void split(std::uint64_t offset, std::uint64_t length, bool may_unmap, Completion done);

  const Limits limits_;
  TableView view_;
  const std::uint64_t head_;
  const bool verify_;
  std::vector<Own> own_;
  std::uint64_t cache_loss_generation_;  ///< value at the last flush; guarded by mutex_
  std::mutex mutex_;
  std::atomic<bool> boot_region_written_{false};
};

}  // namespace san::partition
