// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace san::target {

struct VolumeSize {
  bool exists = false;
  bool block_device = false;
  std::uint64_t bytes = 0;      ///< what it offers
  std::uint64_t allocated = 0;  ///< what it takes up; for a block device all of it
};

/// Of a file or a block device. What is not there, or neither of both, does not exist.
VolumeSize volume_size(const std::string& path);

}  // namespace san::target
