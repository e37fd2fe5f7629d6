// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/cache_loss_recovery.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "block/zero_detection.h"
#include "copy/in_flight.h"
#include "core/hash.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {
namespace {

constexpr std::size_t kPairs = 8;

/// A block of both sides.
struct Pair {
  std::uint64_t offset = 0;
  std::vector<std::byte> ours, theirs;
};

/// Fills all pairs at the same time. Returns false if the destination, which is failed then, could not be
/// read. Throws the error of the source.
bool read_both(ReadableDevice& source, Destination& destination, std::vector<Pair>& pairs) {
  InFlight ours, theirs;
  const auto read = [](ReadableDevice& device, std::uint64_t offset, std::span<std::byte> into,
                       InFlight& reads) {
    device.read(offset, into, [&reads, ticket = reads.begin()](const Error* error) mutable {
      if (error != nullptr) reads.fail(*error);
      ticket.end();
    });
  };
  for (Pair& pair : pairs) {
    read(source, pair.offset, pair.ours, ours);
    read(destination.device(), pair.offset, pair.theirs, theirs);
  }
  ours.drain();
  theirs.drain();
  if (const auto error = ours.error()) throw Error(*error);
  if (const auto error = theirs.error()) destination.fail(*error);
  return !theirs.failed();
}

/// Writes the pairs that differ. Returns their bytes.
std::uint64_t write_different(ReadableDevice& source, Destination& destination, std::vector<Pair>& pairs) {
  std::uint64_t written = 0;
  if (destination.failed() || pairs.empty() || !read_both(source, destination, pairs)) return 0;
  for (const Pair& pair : pairs) {
    const std::span<const std::byte> ours(pair.ours);
    if (std::memcmp(ours.data(), pair.theirs.data(), ours.size()) != 0) {
      written += ours.size();
      destination.write_again(pair.offset, ours);
    } else if (destination.journal() != nullptr) {
      destination.journal()->written(pair.offset, ours.size(),
                                     all_zero(ours) ? std::nullopt : std::optional(hash128(ours)));
    }
  }
  return written;
}

}  // namespace

void write_what_was_lost(ReadableDevice& source, Destination& destination, const RangeSet& lost,
                         std::uint64_t block, const std::function<void()>& check) {
  const std::string& name = destination.device().name();
  log::info("{}: {} was not on stable storage when the target was lost or reset; reading it back", name,
            format_size(lost.total()));
  std::vector<Pair> pairs;
  std::uint64_t again = 0;
  const auto judge = [&] {
    check();
    again += write_different(source, destination, pairs);
    pairs.clear();
  };
  for (const Range& range : lost)
    for (std::uint64_t at = range.offset, end = std::min(source.size(), range.end()); at < end;) {
      const std::uint64_t to = std::min(end, round_down(at, block) + block);
      pairs.push_back({at, std::vector<std::byte>(to - at), std::vector<std::byte>(to - at)});
      if (pairs.size() == kPairs) judge();
      at = to;
    }
  judge();
  if (again > 0)
    log::warning("{}: lost {} that it had acknowledged, when the target was lost or reset; written again",
                 name, format_size(again));
}

}  // namespace san::copy
