// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "block/readable_device.h"

namespace san {

/// Opens the .zst file `path` for reading, as the disk whose compressed image it is. Returns null if it has
/// no usable seek table, so that it can only be decompressed from front to back. Throws Error as open_file()
/// does for a source, and Error(failed) if it was made by sanboot (zst_marks.h) and its end is missing.
///
/// Its blocks are 512 bytes; content that ends within a block is padded with zeros.
std::unique_ptr<ReadableDevice> open_zst(const std::string& path, bool force_in_use);

}  // namespace san
