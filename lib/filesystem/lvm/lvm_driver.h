// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Physical volume of LVM2.
extern const FileSystemDriver kLvmDriver;

}  // namespace san::filesystem
