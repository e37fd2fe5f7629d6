// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "copy/stream/input_stream.h"

namespace san::copy {

/// Opens the file `path` to be read from front to back. Throws Error as open_file() does for a source.
std::unique_ptr<InputStream> open_front_to_back(const std::string& path, bool force_in_use);

}  // namespace san::copy
