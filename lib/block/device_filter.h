// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Passes on all that can be asked of either interface, beneath ReadableFilter and DeviceFilter.
template <typename Interface>
class CommonFilter : public Interface {
 public:
  const std::string& name() const override { return below_.name(); }
  std::uint64_t size() const override { return below_.size(); }
  std::uint64_t content_size() const override { return below_.content_size(); }
  Limits limits() const override { return below_.limits(); }
  Capabilities capabilities() const override { return below_.capabilities(); }
  DeviceIdentity identity() const override { return below_.identity(); }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return below_.extents(offset, length);
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    below_.read(offset, into, std::move(done));
  }
  void cancel() override { below_.cancel(); }

 protected:
  explicit CommonFilter(Interface& below) : below_(below) {}

  Interface& below_;
};

/// A filter in front of a source. It passes on everything that a derived class does not change, and nothing
/// can be written through it.
class ReadableFilter : public CommonFilter<ReadableDevice> {
 public:
  /// Puts a filter in front of `below`, which must outlive it.
  explicit ReadableFilter(ReadableDevice& below) : CommonFilter(below) {}

  /// Returns those of the device below, but read-only, however that was opened.
  Capabilities capabilities() const override {
    Capabilities result = below_.capabilities();
    result.read_only = true;
    return result;
  }
};

/// A filter in front of a device. It passes on everything that a derived class does not change.
class DeviceFilter : public CommonFilter<Device> {
 public:
  /// Puts a filter in front of `below`, which must outlive it.
  explicit DeviceFilter(Device& below) : CommonFilter(below) {}

  /// Returns this device: a filter sees every request, unless it only changes what the content looks like and
  /// returns that of the device below here.
  Device& underlying() override { return *this; }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    below_.write(offset, from, std::move(done));
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    below_.zero(offset, length, std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    below_.unmap(offset, length, std::move(done));
  }
  void flush(Completion done) override { below_.flush(std::move(done)); }
  std::uint64_t cache_loss_generation() const override { return below_.cache_loss_generation(); }
  void finish(std::uint64_t content) override { below_.finish(content); }
  void commit() override { below_.commit(); }
  void resize(std::uint64_t size) override { below_.resize(size); }
};

}  // namespace san
