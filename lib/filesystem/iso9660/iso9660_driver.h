// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// ISO 9660, the file system of optical discs.
extern const FileSystemDriver kIso9660Driver;

}  // namespace san::filesystem
