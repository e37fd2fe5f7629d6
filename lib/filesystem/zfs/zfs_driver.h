// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Device of a ZFS pool.
extern const FileSystemDriver kZfsDriver;

}  // namespace san::filesystem
