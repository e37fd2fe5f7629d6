// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "system/sysfs.h"

namespace san {

/// A mounted file system, with everything that its mounts have in common.
struct MountedFileSystem {
  dev_t number = 0;         ///< device number in mountinfo; that of its device, if it has a single one
  std::set<dev_t> devices;  ///< devices beneath it; empty for tmpfs and the like
  std::string type;
  std::string upper;      ///< directory of an overlay that receives the writes; empty for other types
  bool writable = false;  ///< false if mounted read-only as a whole
  std::vector<std::pair<unsigned, std::string>>
      mounts;  ///< number and mount point of each mount; never empty
};

/// The mounts of this machine, read once by the constructor.
class MountTable {
 public:
  explicit MountTable(const Sysfs& sysfs = Sysfs());

  const std::vector<MountedFileSystem>& file_systems() const { return file_systems_; }
  /// Finds the file system of the file `path`; if that does not exist, of its directory. Returns null if it
  /// cannot be determined. The pointer is valid as long as the table.
  const MountedFileSystem* of_path(const std::string& path) const;

 private:
  std::vector<MountedFileSystem> file_systems_;
};

/// Returns the number of the mount that the open file `fd` is on; 0 if the kernel does not report it.
unsigned mount_id(int fd);

}  // namespace san
