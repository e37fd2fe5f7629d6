// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "system/fd.h"
#include "system/sysfs.h"

namespace san {

/// Knows whether a file or block device of this machine was written since some moment, by the traces that the
/// kernel keeps: the size and the time of modification of a file, the counters of sectors written and
/// discarded of a block device (Linux, Documentation/block/stat.rst), which count what goes through its
/// partitions too.
///
/// No trace is left by what is written to a file through a mapping of memory on some file systems, by other
/// machines on a network file system, as long as its cache of attributes holds (acregmax, 60 s by default);
/// below a block device (the file of a loop device, the disks of an array, the disk of a partition); and to a
/// block device whose queue/iostats is 0.
class WriteWatch {
 public:
  /// From now on. A file that was modified just now is waited for, 20 ms at most: the kernel's clock goes in
  /// steps, and what is written in the same step leaves no other time. What `path` means nothing of is never
  /// seen to be written.
  explicit WriteWatch(const std::string& path, Sysfs sysfs = Sysfs());

  /// What was done since then: a clause, "it was modified". Empty where there is no trace.
  std::string trace() const;

 private:
  std::optional<std::uint64_t> sectors_written() const;

  Sysfs sysfs_;
  Fd fd_;  ///< of the file itself, whatever else gets its name
  struct stat before_ = {};
  std::optional<std::uint64_t> sectors_before_;
};

}  // namespace san
