// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device_filter.h"
#include "block/null_device.h"

/// A device of any size that holds zeros, and does not tell that without being read.
class SilentDevice final : public san::DeviceFilter {
 public:
  explicit SilentDevice(std::uint64_t size) : DeviceFilter(zeros_), zeros_("silent", size) {}

  std::vector<san::Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, san::Extent::Kind::unknown}};
  }

 private:
  san::NullDevice zeros_;
};
