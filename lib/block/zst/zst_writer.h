// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// Makes a compressed image of `size` bytes, or of any size up to 1 EiB where the size is not known, in
/// zstd's seekable format: `zstd -d` reads it, and so does open_zst(). It grows as `path`.partial with mode
/// 0600 and takes the place of `path` with commit(); without that it is removed with the Device. Throws
/// Error(refused) if `path` exists and is not a .zst file (an empty one passes), or if another clone writes
/// it; Error(failed) for the rest.
///
/// The Device is sequential. Data go into frames of 2 MiB, compressed in a few threads, zeros of 1 MiB and
/// more into frames of up to 1 GiB, which take 32 KiB each. A write is complete when its bytes have been
/// taken over; an error of the file shows with a later request. What is read comes from the file, through the
/// decompressor; a read of what is not there yet waits for it.
///
/// It begins and ends with the marks of zst_marks.h, so that a reader from front to back knows whether it has
/// got all.
std::unique_ptr<Device> create_zst(const std::string& path, std::optional<std::uint64_t> size);

/// The same, to the open descriptor `fd` (standard output), which it does not close: nothing can be read
/// back, and there is nothing to commit. Throws Error(usage) for a terminal.
std::unique_ptr<Device> open_zst_output(const std::string& name, int fd, std::optional<std::uint64_t> size);

}  // namespace san
