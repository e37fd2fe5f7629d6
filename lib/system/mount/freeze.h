// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "system/fd.h"
#include "system/mount/mount_table.h"

namespace san {

/// Keeps file systems frozen (FIFREEZE, linux/fs.h): what was written before is on the disk, in a state that
/// a mount would find after a power cut at worst; whoever writes waits.
///
/// It always ends. A child process of its own thaws them when the time is over, when it is told to, and when
/// this process is no more, however that came about: its end of a socket tells.
class Freeze {
 public:
  using Clock = std::chrono::steady_clock;

  /// Freezes all of them, in their order, or none, for `limit` at most. With `may_fail`, one that cannot be
  /// frozen is left out with a warning. Throws Error(refused) where a file system cannot be frozen (it has no
  /// such operation, or is frozen already), Error(failed) where this process may not, Error(interrupted).
  /// To be called while the process has a single thread.
  Freeze(std::vector<MountedFileSystem> file_systems, std::chrono::seconds limit, bool may_fail);
  /// Thaws.
  ~Freeze();
  Freeze(const Freeze&) = delete;
  Freeze& operator=(const Freeze&) = delete;

  /// Those that were frozen.
  const std::vector<MountedFileSystem>& file_systems() const { return file_systems_; }

  /// Why what was read until now need not be of one moment: nothing as long as it is. From any thread.
  std::optional<Error> broken(const std::string& name) const;
  /// Thaws, once. Throws Error(failed) where somebody else had thawed one of them before: what was read since
  /// is not of one moment. Afterwards broken() tells nothing any more.
  void end(const std::string& name);
  /// How long they were frozen, or have been.
  double seconds() const;

 private:
  void freeze_all(bool may_fail);
  void freeze(std::size_t index, int fd);
  bool told(char what, std::size_t index);
  /// Ends the child, and thaws what it left frozen. What it said.
  unsigned release();

  std::vector<MountedFileSystem> file_systems_;
  const std::chrono::seconds limit_;
  std::vector<Fd> points_;
  Fd socket_;
  pid_t guard_ = -1;
  std::atomic<bool> ended_{false};
  Clock::time_point began_, stopped_;
};

}  // namespace san
