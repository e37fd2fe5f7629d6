// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// LUKS, versions 1 and 2.
extern const FileSystemDriver kLuksDriver;

}  // namespace san::filesystem
