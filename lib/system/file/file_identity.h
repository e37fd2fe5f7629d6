// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/sysfs.h"

namespace san {

/// What tells this file or block device from every other one now, whatever its name; empty where `fd` cannot
/// be examined. A loop device is the file or device that it shows, and so is what shows a part of it from
/// its beginning on.
std::string file_identity(int fd, const Sysfs& sysfs = Sysfs());

/// What tells a file or block device from every other one across restarts: a disk's WWN or serial number (and
/// the number of the partition of it), what a loop device is attached to, the absolute path of a file and of
/// a device that has nothing better. Empty where `fd` cannot be examined. `path` is how it was opened.
std::string persistent_file_id(const std::string& path, int fd, const Sysfs& sysfs = Sysfs());

/// What differs between a regular file and every other one that has, or had, its name: its inode and when
/// that was made (statx(2)). Empty for anything else, and where the file system does not tell.
std::string file_generation(int fd);

/// When the content of the regular file `path` was last modified, as "2026-11-22 20:13:17.123456789 UTC";
/// empty for anything else.
std::string modification_time(const std::string& path);

}  // namespace san
