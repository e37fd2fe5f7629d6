// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "block/readable_device.h"
#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Judges if the content of [offset, offset + length) of `device` works on a disk with logical blocks of
/// `block` bytes. The rule of each format is in its driver (FileSystemDriver::block_size_fit). Throws
/// Error(failed) if it cannot be read.
BlockSizeFit block_size_fit(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                            std::uint32_t block);

}  // namespace san::filesystem
