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

/// Frozen file systems (FIFREEZE, linux/fs.h): everything written before is on the disk, at worst in the
/// state of a mount after a power cut; processes that write wait.
///
/// The freeze always ends. A child process thaws the file systems when the time limit expires, when it is
/// ordered to, and when this process ends for any reason: then its end of a socket is closed.
class Freeze {
 public:
  using Clock = std::chrono::steady_clock;

  /// Freezes all of them in the given order, or none, for at most `limit`. Throws Error(refused) if a file
  /// system cannot be frozen (it has no such operation, or is frozen already); with `may_fail` such a file
  /// system is left out with a warning instead. Throws Error(failed) if this process lacks the permission,
  /// there are more than 255, or the limit expires meanwhile, and Error(interrupted) after a signal. Other
  /// threads of the process may run: the child calls nothing that takes a lock.
  Freeze(std::vector<MountedFileSystem> file_systems, std::chrono::seconds limit, bool may_fail);
  /// Thaws the file systems.
  ~Freeze();
  Freeze(const Freeze&) = delete;
  Freeze& operator=(const Freeze&) = delete;

  /// Returns the file systems that were frozen.
  const std::vector<MountedFileSystem>& file_systems() const { return file_systems_; }

  /// Returns the error if data read until now need not be of one moment; nothing while the freeze holds, and
  /// after end(). From any thread.
  std::optional<Error> broken(const std::string& name) const;
  /// Thaws the file systems; further calls do nothing. Throws Error(failed) if another program had thawed one
  /// of them before: data read since then is not of one moment.
  void end(const std::string& name);
  /// Returns the seconds for which they were frozen, or have been so far.
  double seconds() const;

 private:
  void freeze_all(bool may_fail);
  void freeze(std::size_t index, int fd);
  /// Sends an order to the child. Returns true if it acknowledged, false if the time limit has expired or the
  /// child is gone.
  bool send_order(char what, std::size_t index);
  /// Ends the child, and thaws the file systems if it was killed. Returns the flags of its result.
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
