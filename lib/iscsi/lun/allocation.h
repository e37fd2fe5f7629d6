// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "block/device.h"
#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

/// Which blocks of a LUN are holes: those that GET LBA STATUS calls deallocated and that begin and end with
/// zeros when read, for what a target says of deallocated blocks is not always true. Thread-safe.
class Allocation {
 public:
  /// One GET LBA STATUS from an LBA on; empty where the target does not answer it.
  using Query = std::function<std::vector<LbaStatus>(std::uint64_t lba)>;
  /// Whether the block at an LBA reads as zeros.
  using ReadsZero = std::function<bool(std::uint64_t lba)>;

  /// `block`: bytes of a block; `blocks`: of the LUN.
  Allocation(std::uint32_t block, std::uint64_t blocks, Query query, ReadsZero reads_zero)
      : block_(block), blocks_(blocks), query_(std::move(query)), reads_zero_(std::move(reads_zero)) {}

  /// As Device::extents(); the range lies within the LUN. What is not known, because the target does not tell
  /// or tells nonsense, is `unknown`, and the target is not asked again.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length);

  /// Something was written or unmapped: what was heard before may no longer be true.
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
