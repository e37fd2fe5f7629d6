// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// A filter in front of another device. It passes on everything that it does not change: name, size and
/// limits are those of the device below.
class DeviceFilter : public Device {
 public:
  /// Puts a filter in front of `below`, which must outlive it.
  explicit DeviceFilter(Device& below) : below_(below) {}

  const std::string& name() const override { return below_.name(); }
  std::uint64_t size() const override { return below_.size(); }
  std::uint64_t content_size() const override { return below_.content_size(); }
  Limits limits() const override { return below_.limits(); }
  std::string identity() const override { return below_.identity(); }
  std::string persistent_id() const override { return below_.persistent_id(); }
  std::string generation() const override { return below_.generation(); }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return below_.extents(offset, length);
  }
  void cancel() override { below_.cancel(); }

 protected:
  Device& below_;
};

}  // namespace san
