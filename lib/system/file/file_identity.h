// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/sysfs.h"

namespace san {

/// Returns the identity of an open file or block device, equal for all its names and unique at this moment;
/// empty if `fd` cannot be examined. A loop device has the identity of the file or device behind it, also if
/// it shows only a part from the beginning on.
std::string file_identity(int fd, const Sysfs& sysfs = Sysfs());

/// Returns an identity that is valid across restarts: the WWN or serial number of a disk (with the number of
/// the partition), the backing file of a loop device, the absolute path of a file or of any other device.
/// Empty if `fd` cannot be examined. `path` is the name that was opened.
std::string persistent_file_id(const std::string& path, int fd, const Sysfs& sysfs = Sysfs());

/// Returns a text that changes if a regular file is replaced by another one of the same name: its inode and
/// creation time (statx(2)). Empty for anything else, and if the file system does not report that time.
std::string file_generation(int fd);

/// Returns the time at which the content of the regular file `path` was last modified, as "2026-11-22
/// 20:13:17.123456789 UTC"; empty for anything else.
std::string modification_time(const std::string& path);

}  // namespace san
