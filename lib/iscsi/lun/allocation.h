// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "block/device.h"
#include "iscsi/scsi/lun_data.h"

namespace san::iscsi {

/// Allocation map of a LUN. A hole is a run that GET LBA STATUS reports as deallocated and that begins and
/// ends with zeros when read, because a target's report of deallocated blocks is not always true. Shorter
/// runs than 1 MiB count as data. Thread-safe.
class Allocation {
 public:
  /// Sends one GET LBA STATUS, beginning at `lba`; returns an empty list if the target does not answer it.
  using Query = std::function<std::vector<LbaStatus>(std::uint64_t lba)>;
  /// Returns true if the block at `lba` reads as zeros.
  using ReadsZero = std::function<bool(std::uint64_t lba)>;

  /// `block`: bytes per block; `blocks`: number of blocks of the LUN.
  Allocation(std::uint32_t block, std::uint64_t blocks, Query query, ReadsZero reads_zero)
      : block_(block), blocks_(blocks), query_(std::move(query)), reads_zero_(std::move(reads_zero)) {}

  /// Returns the extents of a range of bytes, see ReadableDevice::extents(); it must lie within the LUN. If
  /// the target gives no answer, or one that makes no sense, the rest is `unknown` and the target is not
  /// asked again.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length);

  /// Discards the cached map after a write or an unmap.
  void changed() { stale_ = true; }

 private:
  bool is_hole(const LbaStatus& status) const;

  const std::uint64_t block_, blocks_;
  const Query query_;
  const ReadsZero reads_zero_;
  std::mutex mutex_;
  std::vector<LbaStatus> heard_;
  bool works_ = true;
  std::atomic<bool> stale_{false};
};

}  // namespace san::iscsi
