// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "block/device_filter.h"

/// Passes every request on. A test derives from it and changes the one that it is about.
class PassingDevice : public san::DeviceFilter {
 public:
  using DeviceFilter::DeviceFilter;
  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    below_.read(offset, into, std::move(done));
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, san::Completion done) override {
    below_.write(offset, from, std::move(done));
  }
  void zero(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    below_.zero(offset, length, std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    below_.unmap(offset, length, std::move(done));
  }
  void flush(san::Completion done) override { below_.flush(std::move(done)); }
};
