// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "block/device_filter.h"

namespace san {

/// A device that is only read: it counts the bytes read and refuses everything that would change the device,
/// so that a mistake in a reader does no harm.
class ReadOnlyDevice final : public DeviceFilter {
 public:
  explicit ReadOnlyDevice(std::unique_ptr<Device> below) : DeviceFilter(*below), owned_(std::move(below)) {}

  /// Returns the number of bytes requested so far.
  std::uint64_t bytes_read() const { return bytes_read_; }

  Device& underlying() override { return *this; }
  bool read_only() const override { return true; }
  bool write_protected() const override { return below_.write_protected(); }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;

 private:
  void refuse(Completion done) const;

  std::unique_ptr<Device> owned_;
  std::atomic<std::uint64_t> bytes_read_{0};
};

}  // namespace san
