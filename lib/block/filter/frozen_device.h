// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device_filter.h"
#include "system/mount/freeze.h"

namespace san {

/// A source whose file systems are frozen: all data are of one moment, or the read fails.
class FrozenDevice final : public ReadableFilter {
 public:
  /// Puts a filter in front of `below`. `below` and `freeze` must outlive it.
  FrozenDevice(ReadableDevice& below, const Freeze& freeze) : ReadableFilter(below), freeze_(freeze) {}

  /// Lists extents of the device below. Throws Error if read() would fail.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

 private:
  const Freeze& freeze_;
};

}  // namespace san
