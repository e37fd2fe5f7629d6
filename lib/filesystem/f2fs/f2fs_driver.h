// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// F2FS.
extern const FileSystemDriver kF2fsDriver;

}  // namespace san::filesystem
