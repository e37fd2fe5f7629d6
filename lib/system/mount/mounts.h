// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

/// One mount, as a line of /proc/self/mountinfo describes it (proc_pid_mountinfo(5)).
struct Mount {
  unsigned major = 0, minor = 0;  ///< major is 0 if the file system has no single device (btrfs, tmpfs)
  unsigned id = 0;                ///< number of the mount: mnt_id in /proc/PID/fdinfo
  std::string point, type, source;
  std::string upper;  ///< directory of an overlay that receives the writes; empty for other types
  /// True if the file system itself is writable. A read-only bind mount may show a writable file system.
  bool writable = false;
};

/// Parses the text of /proc/self/mountinfo. Lines that cannot be parsed are left out.
std::vector<Mount> parse_mountinfo(std::string_view text);

/// Parses the text of /proc/swaps. Returns the paths of the partitions and files.
std::vector<std::string> parse_swaps(std::string_view text);

}  // namespace san
