// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "system/mount/mount_table.h"
#include "system/sysfs.h"

namespace san {

/// A file that this process writes to, or cannot do without, and what it is to the user: "the clone map m".
struct NeededFile {
  std::string path;
  std::string what;
};

/// Which file systems have to be frozen so that a disk stays as it is.
struct FreezePlan {
  /// In the order in which they are to be frozen: what lies on another one (in a file of it, say) is first,
  /// or its last writes would wait for that one for ever.
  std::vector<MountedFileSystem> file_systems;
  /// The same that must not be frozen, and why: "the clone map m lies on it".
  std::vector<std::pair<MountedFileSystem, std::string>> forbidden;
};

/// Finds the file systems mounted read-write on the block device or image file `source`, its partitions, the
/// disk that it is a partition of, what lies upon them (LVM, MD, dm-crypt …) at any depth, and the loop
/// devices whose files are on one of those file systems. Forbidden are those that a file of `needed` lies on,
/// at any depth as well. Throws Error(usage) where `source` is not there.
FreezePlan plan_freeze(const std::string& source, const std::vector<NeededFile>& needed,
                       const Sysfs& sysfs = Sysfs());

/// What every process needs: the program, its libraries, and standard output and error where they are files.
/// A process whose own pages must come from a frozen file system could read them, but no more than that.
std::vector<NeededFile> files_of_this_process();

}  // namespace san
