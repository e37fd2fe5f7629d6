// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "system/mount/mount_table.h"
#include "system/sysfs.h"

namespace san {

/// A file that this process writes to or depends on, with a description for the user: "the clone map m".
struct NeededFile {
  std::string path;
  std::string what;
};

/// File systems that have to be frozen so that a disk does not change.
struct FreezePlan {
  /// In the order of freezing: a file system on top of another one (in a file of it, for example) comes
  /// first; otherwise its last writes would wait for the other one for ever.
  std::vector<MountedFileSystem> file_systems;
  /// File systems that must not be frozen, each with the reason: "the clone map m lies on it".
  std::vector<std::pair<MountedFileSystem, std::string>> forbidden;
};

/// Finds the file systems mounted read-write on the block device or image file `source`, on its partitions,
/// on the disk that it is a partition of, on devices above them (LVM, MD, dm-crypt …) at any depth, and on
/// loop devices whose files are on one of those file systems. The file systems that contain a file of
/// `needed`, also at any depth, are forbidden. Throws Error(usage) if `source` does not exist.
FreezePlan plan_freeze(const std::string& source, const std::vector<NeededFile>& needed,
                       const Sysfs& sysfs = Sysfs());

/// Lists the files that this process depends on: the program, its libraries, and standard output and error if
/// they are files. Pages of a frozen file system can still be read, but writes to it would wait.
std::vector<NeededFile> files_of_this_process();

}  // namespace san
