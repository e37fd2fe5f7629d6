// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "block/readable_device.h"

namespace san::filesystem {

/// Says how the content of [offset, offset + length) of `device`, partition number `number`, comes to fill
/// its partition after that has grown: a clause with the command, "let its ext4 grow by resize2fs /dev/sdX3".
/// sdX stands for the disk. Throws Error(failed) if the content cannot be read.
std::string grow_advice(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                        std::uint32_t number);

}  // namespace san::filesystem
