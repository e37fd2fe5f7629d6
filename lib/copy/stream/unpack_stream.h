// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "copy/stream/input_stream.h"

namespace san::copy {

/// Returns the disk in `packed`, by its first bytes: compressed data (Container::Packing) are decompressed;
/// all else is the disk, and its end is examined as well (TrailerStream). This is the only function that
/// decides so. Waits for the first bytes, as InputStream::peek() does. Throws Error(refused) for every other
/// container and for every image that QEMU reads, also if that was compressed; Error(failed).
std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going);

/// Returns true if the file at `path` can be read by unpack_stream() only: it is compressed, and not by zstd,
/// whose files are devices.
bool is_packed_file(const std::string& path);

}  // namespace san::copy
