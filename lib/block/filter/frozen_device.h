// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/filter/source_filter.h"
#include "system/mount/freeze.h"

namespace san {

/// A source whose file systems are frozen: all data are of one moment, or the read fails. It cannot be
/// written.
class FrozenDevice final : public SourceFilter {
 public:
  /// Puts a filter in front of `below`. `below` and `freeze` must outlive it.
  FrozenDevice(Device& below, const Freeze& freeze)
      : SourceFilter(below, "is frozen, and open for reading only"), freeze_(freeze) {}

  /// Lists extents of the device below. Throws Error if read() would fail.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

 private:
  const Freeze& freeze_;
};

}  // namespace san
