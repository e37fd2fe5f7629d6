// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// Throws Error(usage) if `fd` is a terminal.
void refuse_terminal(const std::string& name, int fd);

/// Makes a sequential Device of the open descriptor `fd` (standard output), which it does not close. It has
/// `size` bytes, or accepts any size up to 1 EiB if that is not known. It cannot be read. A write completes
/// when the descriptor has accepted it; the last 511 bytes are kept back until finish(). Throws Error(usage)
/// for a terminal.
std::unique_ptr<Device> open_output_stream(const std::string& name, int fd,
                                           std::optional<std::uint64_t> size);

}  // namespace san
