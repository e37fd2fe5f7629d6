// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "block/device_filter.h"

namespace san {

/// A device that is only read, and counts the bytes read. What can change it is not there, so that a mistake
/// in a reader does no harm.
class ReadOnlyDevice final : public ReadableFilter {
 public:
  explicit ReadOnlyDevice(std::unique_ptr<ReadableDevice> below)
      : ReadableFilter(*below), owned_(std::move(below)) {}

  /// Returns the number of bytes requested so far.
  std::uint64_t bytes_read() const { return bytes_read_; }

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    bytes_read_ += into.size();
    below_.read(offset, into, std::move(done));
  }

 private:
  std::unique_ptr<ReadableDevice> owned_;
  std::atomic<std::uint64_t> bytes_read_{0};
};

}  // namespace san
