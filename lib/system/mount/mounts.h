// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

/// One mounted file system, as /proc/self/mountinfo tells it (proc_pid_mountinfo(5)).
struct Mount {
  unsigned major = 0, minor = 0;  ///< major is 0 where the file system has no single device (btrfs, tmpfs)
  unsigned id = 0;                ///< of the mount: mnt_id of /proc/PID/fdinfo
  std::string point, type, source;
  std::string upper;  ///< of an overlay, the directory that takes the writes
  /// The file system itself is writable. A bind mount that is read-only may be a window on one that is.
  bool writable = false;
};

/// Reads the text of /proc/self/mountinfo. Lines that make no sense are left out.
std::vector<Mount> parse_mountinfo(std::string_view text);

/// The paths of the partitions and files in the text of /proc/swaps.
std::vector<std::string> parse_swaps(std::string_view text);

}  // namespace san
