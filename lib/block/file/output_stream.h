// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// Throws Error(usage) where `fd` is a terminal.
void refuse_terminal(const std::string& name, int fd);

/// The open descriptor `fd` (standard output), which it does not close, as a sequential Device of `size`
/// bytes, or of any size up to 1 EiB where that is not known. Nothing can be read back. A write is complete
/// when the descriptor has taken it; the last 511 bytes wait for finish(). Throws Error(usage) for a
/// terminal.
std::unique_ptr<Device> open_output_stream(const std::string& name, int fd,
                                           std::optional<std::uint64_t> size);

}  // namespace san
