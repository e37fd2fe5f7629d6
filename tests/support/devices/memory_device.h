// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "block/device_base.h"

namespace san {

/// A device in memory. Requests complete at once, in the calling thread.
class MemoryDevice final : public DeviceBase {
 public:
  /// Makes a device of `size` bytes of `fill`, in blocks of `logical_block` bytes.
  MemoryDevice(std::string name, std::uint64_t size, std::byte fill = {}, std::uint32_t logical_block = 512);

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return bytes_.size(); }
  Limits limits() const override { return limits_; }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;

  /// Returns the content, for tests that access it while nothing is in flight.
  std::span<std::byte> bytes() { return bytes_; }
  /// Changes the limits, for tests that need a device with other abilities.
  void set_limits(const Limits& limits) { limits_ = limits; }
  /// Sets the extents that extents() reports from now on, in order and without overlaps; ranges not listed
  /// are unknown, as is everything before the first call. They are independent of the content, and writes do
  /// not change them: a test may need a device with false claims.
  void set_extents(std::vector<Extent> extents) { extents_ = std::move(extents); }

 private:
  std::string name_;
  std::vector<std::byte> bytes_;
  Limits limits_;
  std::vector<Extent> extents_;
  std::mutex mutex_;
};

}  // namespace san
