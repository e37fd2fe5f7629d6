// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "copy/stream/input_stream.h"

namespace san {

/// The disk in `packed`, by its first bytes: what is compressed (Container::Packing) is decompressed; all
/// else is the disk, and is looked at once more at its end (TrailerStream). The only place that decides so.
/// Waits for the first bytes, as InputStream::peek() does. Throws Error(refused) for every other container
/// and for every image that QEMU reads, also where that was compressed; Error(failed).
std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going);

/// Whether the file at `path` is for unpack_stream(), and can be read in no other way: compressed, and not
/// by zstd.
bool is_packed_file(const std::string& path);

}  // namespace san
