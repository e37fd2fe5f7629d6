// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "copy/input_stream.h"

namespace san {

/// The disk in `packed`, by its first bytes: a zstd stream is decompressed; all else is taken as it is. The
/// only place that decides so. Waits for these bytes, as InputStream::peek() does. Throws Error(failed).
std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going);

}  // namespace san
