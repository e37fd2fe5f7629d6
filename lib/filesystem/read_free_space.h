// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "block/readable_device.h"
#include "filesystem/volume/free_space.h"

namespace san::filesystem {

/// Reads which bytes of the partition [offset, offset + length) of `device` are free, without mounting it and
/// without writing. Metadata that is damaged, dirty, contradictory, unsupported or cannot be read gives a
/// result that is not `known` and says why: no byte is called free unless all checks pass.
///
/// Callers have to know what cannot be seen on the disk: a swap area that is in use, and NTFS mounted by
/// ntfs-3g, look like ones at rest.
///
/// Throws Error(failed) if the partition does not lie within the device, and passes on every other error of a
/// read than Error(failed) (an interruption, for one).
FreeSpace read_free_space(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                          const FreeSpaceOptions& options = {});

}  // namespace san::filesystem
