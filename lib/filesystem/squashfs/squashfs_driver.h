// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// squashfs.
extern const FileSystemDriver kSquashfsDriver;

}  // namespace san::filesystem
