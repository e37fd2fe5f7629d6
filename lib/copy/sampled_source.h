// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "block/device_filter.h"
#include "core/hash.h"
#include "core/range.h"

namespace san::copy {

/// Source of which a sample is read a second time, to detect that it changed meanwhile: its first and its
/// last MiB, and 64 KiB at 64 random offsets, 6 MiB in all.
class SampledSource final : public ReadableFilter {
 public:
  /// Draws the offsets of the sample. `below` must outlive it.
  explicit SampledSource(ReadableDevice& below);

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

  /// Reads the sample again, as far as it has been read before, and returns the first part that has
  /// changed; nothing if none has. Blocks the caller. Throws Error if the source cannot be read, and
  /// Error(interrupted).
  std::optional<Range> changed();

 private:
  /// Part of the sample.
  struct Part {
    Range range;
    std::optional<Hash128> hash;  ///< of the content that was read first; empty until then
  };
  /// Hashes the parts of the sample that lie within `bytes`. Thread-safe.
  void look(std::uint64_t offset, std::span<const std::byte> bytes);

  std::mutex mutex_;
  std::vector<Part> parts_;  ///< ascending, disjoint
};

}  // namespace san::copy
