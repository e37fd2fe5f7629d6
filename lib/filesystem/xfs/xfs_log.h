// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// Throws MetadataError(dirty) unless the internal log of `size` bytes at `offset` of `volume` ends with the
/// record of a clean unmount. `uuid` is the superblock's.
void check_xfs_log_clean(Volume& volume, std::uint64_t offset, std::uint64_t size,
                         std::span<const std::byte> uuid);

}  // namespace san::filesystem
