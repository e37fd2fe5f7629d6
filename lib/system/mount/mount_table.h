// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "system/sysfs.h"

namespace san {

/// A mounted file system: what all its mounts have in common.
struct MountedFileSystem {
  dev_t number = 0;         ///< its own, as mountinfo has it; that of its device, if it has a single one
  std::set<dev_t> devices;  ///< that it lies on; none for tmpfs and its like
  std::string type;
  std::string upper;      ///< of an overlay, the directory that takes the writes
  bool writable = false;  ///< not mounted read-only as a whole
  std::vector<std::pair<unsigned, std::string>> mounts;  ///< number of the mount, and where it is; never none
};

/// What is mounted on the machine, read once.
class MountTable {
 public:
  explicit MountTable(const Sysfs& sysfs = Sysfs());

  const std::vector<MountedFileSystem>& file_systems() const { return file_systems_; }
  /// The one that holds the file `path`, which need not be there: then its directory counts. Null where it
  /// cannot be told.
  const MountedFileSystem* of_path(const std::string& path) const;

 private:
  std::vector<MountedFileSystem> file_systems_;
};

/// The number of the mount that the open file `fd` lies in; 0 where the kernel does not tell.
unsigned mount_id(int fd);

}  // namespace san
