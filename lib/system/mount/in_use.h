// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "system/sysfs.h"

namespace san {

/// A use of a disk or file by something else.
struct Use {
  std::string text;                  ///< "/dev/sda1 is mounted read-write at /boot"
  bool writes = false;               ///< true if it may change the content at any moment
  std::optional<dev_t> file_system;  ///< MountedFileSystem::number if it is mounted
};

/// Finds all known uses of the block device `device`, its partitions, the disk that it is a partition of, and
/// the devices above them (LVM, MD, dm-crypt …) at any depth: mounted file systems (also btrfs on several
/// devices), active swap, the upper devices themselves. An upper device without a known use counts as
/// writable by any program that opens it, unless it is read-only. An empty result is no proof of no use:
/// mounts of other namespaces and ZFS show only in that the device cannot be opened with O_EXCL.
std::vector<Use> block_device_uses(dev_t device, const Sysfs& sysfs = Sysfs());

/// Finds all known uses of a regular file: active swap on it, and the uses of the loop devices that it is
/// attached to.
std::vector<Use> file_uses(const struct stat& file, const Sysfs& sysfs = Sysfs());

/// Finds a virtual machine or other QEMU program that has the open file `fd` open and conflicts: with
/// `writing`, by any reading or writing; otherwise by writing. QEMU takes byte-range locks: on byte 100 + n
/// while it holds permission n, on 200 + n while it denies n to others; permission 1 is writing (QEMU,
/// block/file-posix.c and include/block/block-common.h).
std::optional<Use> image_lock(int fd, bool writing);

/// Joins the texts of at most four uses: "A; B; C; D; and 3 more".
std::string describe(const std::vector<Use>& uses);

}  // namespace san
