// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "block/filter/source_filter.h"
#include "core/hash.h"

namespace san {

/// A source of which a sample is read a second time, to know whether it changed meanwhile: its first and its
/// last MiB, and 64 KiB in 64 random places, 6 MiB in all.
class SampledSource final : public SourceFilter {
 public:
  /// `below` outlives it.
  explicit SampledSource(Device& below);

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

  /// Reads the sample again, as far as it has been read before. A place with other content than then: offset
  /// and length. Throws Error where it cannot be read, or was interrupted.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> changed();

 private:
  struct Place {
    std::uint64_t offset, length;
    std::optional<Hash128> hash;  ///< of what was read first
  };
  void look(std::uint64_t offset, std::span<const std::byte> bytes);

  std::mutex mutex_;
  std::vector<Place> places_;  ///< ascending, disjoint
};

}  // namespace san
