// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace san::target {

struct VolumeSize {
  bool exists = false;
  bool block_device = false;
  std::uint64_t bytes = 0;      ///< size; 0 if a block device cannot be opened
  std::uint64_t allocated = 0;  ///< space in use; for a block device all of it
};

/// Returns the size of a file or a block device. Anything else does not exist.
VolumeSize volume_size(const std::string& path);

}  // namespace san::target
