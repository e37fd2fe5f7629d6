// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Answers that most devices of either interface give, beneath ReadableBase and DeviceBase.
template <typename Interface>
class CommonBase : public Interface {
 public:
  /// Returns size(): nothing was padded.
  std::uint64_t content_size() const override { return this->size(); }
  /// Returns an identity for a device that is known by its name alone.
  DeviceIdentity identity() const override {
    return {.id = {}, .persistent_id = this->name(), .generation = {}};
  }
  /// Does nothing: requests finish promptly.
  void cancel() override {}
};

/// A source that stands on its own, and is no filter: what it does not override is as for an image that
/// nobody can write.
class ReadableBase : public CommonBase<ReadableDevice> {
 public:
  Capabilities capabilities() const override { return {.read_only = true, .write_protected = true}; }
};

/// A device that stands on its own, and is no filter: what it does not override is as for a disk that loses
/// nothing.
class DeviceBase : public CommonBase<Device> {
 public:
  Capabilities capabilities() const override { return {}; }
  Device& underlying() override { return *this; }
  std::uint64_t cache_loss_generation() const override { return 0; }
  void finish(std::uint64_t /*content*/) override {}
  void commit() override {}
  /// Throws the Error(failed) of a device that keeps its size.
  void resize(std::uint64_t size) override;
};

}  // namespace san
