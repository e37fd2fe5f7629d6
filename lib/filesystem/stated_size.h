// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "block/readable_device.h"
#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Returns the size that the content of [offset, offset + length) of `device` records in its superblock,
/// however long that range is; nothing if probe() finds no format that records one
/// (FileSystemDriver::stated_size). Throws Error(failed) if the range is not in the device or cannot be read.
std::optional<StatedSize> stated_size(ReadableDevice& device, std::uint64_t offset, std::uint64_t length);

/// Returns the size of an ISO 9660 file system on the whole of `device`, whatever else is on it: an image for
/// optical discs may have a partition table too. Nothing if there is none. Throws as stated_size() does.
std::optional<StatedSize> stated_iso_size(ReadableDevice& device);

}  // namespace san::filesystem
