// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "system/fd.h"
#include "system/sysfs.h"

namespace san {

/// Detects writes to a file or block device of this machine since a moment, from the traces that the kernel
/// keeps: the size and modification time of a file; the counters of sectors written and discarded of a block
/// device (Linux, Documentation/block/stat.rst), which include its partitions.
///
/// Not detected: writes through a memory mapping of a file on some file systems; writes by other machines to
/// a network file system, while its attribute cache holds (acregmax, 60 s by default); writes beneath a block
/// device (to the file of a loop device, the disks of an array, the disk of a partition); and writes to a
/// block device whose queue/iostats is 0.
class WriteWatch {
 public:
  /// Starts watching. If the file was modified just now, waits at most 20 ms: the kernel's clock advances in
  /// steps, and a write within the same step has the same time. If `path` cannot be opened, no write is ever
  /// reported.
  explicit WriteWatch(const std::string& path, Sysfs sysfs = Sysfs());

  /// Describes the change since then as a clause, "it was modified". Empty if there is no trace.
  std::string trace() const;

 private:
  std::optional<std::uint64_t> sectors_written() const;

  Sysfs sysfs_;
  Fd fd_;  ///< the file itself, even if its name is given to another
  struct stat before_ = {};
  std::optional<std::uint64_t> sectors_before_;
};

}  // namespace san
