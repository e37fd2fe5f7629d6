// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "system/sysfs.h"

namespace san {

/// Something that uses a disk or a file.
struct Use {
  std::string text;                  ///< "/dev/sda1 is mounted read-write at /boot"
  bool writes = false;               ///< it may change the content at any moment
  std::optional<dev_t> file_system;  ///< for a mounted one: MountedFileSystem::number
};

/// Everything known to use the block device `device`, its partitions, the disk that it is a partition of, and
/// what lies upon them (LVM, MD, dm-crypt …) at any depth: mounted file systems (also btrfs on several
/// devices), active swap, the upper devices themselves. An upper device of which no use is known may be
/// written by whoever opens it, unless it is read-only. Empty does not prove that nobody does: mounts of
/// other namespaces and ZFS show only in that the device cannot be opened with O_EXCL.
std::vector<Use> block_device_uses(dev_t device, const Sysfs& sysfs = Sysfs());

/// The same for a regular file: active swap on it, and the uses of the loop devices that it is attached to.
std::vector<Use> file_uses(const struct stat& file, const Sysfs& sysfs = Sysfs());

/// A virtual machine or another QEMU program that has the open file `fd` open and would suffer: by reading or
/// writing where we write (`writing`), otherwise by writing where we read. QEMU tells by byte-range locks:
/// one at 100 + n while it holds permission n, at 200 + n while it denies n to others; 1 is writing (QEMU,
/// block/file-posix.c and include/block/block-common.h).
std::optional<Use> image_lock(int fd, bool writing);

/// "A; B; and 3 more".
std::string describe(const std::vector<Use>& uses);

}  // namespace san
