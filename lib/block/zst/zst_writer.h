// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// Makes a compressed image of `size` bytes, or of any size up to 1 EiB if the size is not known, in zstd's
/// seekable format, which `zstd -d` and open_zst() read. It is written as `path`.partial with mode 0600 and
/// replaces `path` with commit(); without that it is removed with the Device. Throws Error(refused) if `path`
/// exists and is not a .zst file (an empty file is accepted), or if another clone writes it; Error(failed)
/// for the rest.
///
/// The Device is sequential. Data go into frames of 2 MiB, compressed on a few threads, and runs of at least
/// 1 MiB of zeros into frames of up to 1 GiB, which take 32 KiB each. A write completes when its bytes have
/// been copied; an error of the file appears with a later request. Reads come from the file, through the
/// decompressor; a read of bytes that are not written yet waits for them.
///
/// The file begins and ends with the marks of zst_marks.h, so that a reader from front to back can tell if it
/// is complete.
std::unique_ptr<Device> create_zst(const std::string& path, std::optional<std::uint64_t> size);

/// Writes such an image to the open descriptor `fd` (standard output), which it does not close. It cannot be
/// read back, and commit() does nothing. Throws Error(usage) for a terminal.
std::unique_ptr<Device> open_zst_output(const std::string& name, int fd, std::optional<std::uint64_t> size);

}  // namespace san
