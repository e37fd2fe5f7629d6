// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device_base.h"

namespace san {

/// A device that discards writes and reads as zeros. Requests complete at once, in the calling thread. For
/// benchmarks of everything else.
class NullDevice final : public DeviceBase {
 public:
  /// `size` in bytes, a multiple of 512.
  NullDevice(std::string name, std::uint64_t size) : name_(std::move(name)), size_(size) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  Limits limits() const override;
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override { done(nullptr); }

 private:
  std::string name_;
  std::uint64_t size_;
};

}  // namespace san
