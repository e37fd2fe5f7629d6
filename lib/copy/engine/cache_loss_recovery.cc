// SPDX-License-Identifier: Apache-2.0
// Recovery of data that a destination acknowledged, and may have lost before they were flushed.
#include <fmt/core.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "block/zero_detection.h"
#include "copy/engine/copier.h"
#include "core/hash.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {
namespace {

constexpr std::size_t kPairs = 8;

/// Reads blocks of both sides at the same time.
class Pairs {
 public:
  Pairs(ReadableDevice& source, ReadableDevice& destination) : source_(source), destination_(destination) {}

  struct Pair {
    std::uint64_t offset = 0;
    std::vector<std::byte> ours, theirs;
  };

  /// Fills `pairs`; false, with `error`, if the destination could not be read.
  bool read(std::vector<Pair>& pairs, std::optional<Error>& error) {
    std::optional<Error> source_error;
    std::unique_lock lock(mutex_);
    active_ = 2 * pairs.size();
    lock.unlock();
    const auto done = [this](std::optional<Error>& into) {
      return [this, &into](const Error* failed) {
        const std::scoped_lock inner(mutex_);
        if (failed != nullptr && !into) into = *failed;
        if (--active_ == 0) idle_.notify_all();
      };
    };
    for (Pair& pair : pairs) {
      source_.read(pair.offset, pair.ours, done(source_error));
      destination_.read(pair.offset, pair.theirs, done(error));
    }
    lock.lock();
    idle_.wait(lock, [this] { return active_ == 0; });
    if (source_error) throw Error(*source_error);
    return !error;
  }

 private:
  ReadableDevice &source_, &destination_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t active_ = 0;
};

/// Reads back the ranges of a clone of `source` that `destination` may have lost, and rewrites those that
/// differ, to be flushed afterwards. Works in blocks of `block` bytes, which are those of the clone map if
/// there is one. Nothing else may be in flight. Calls `check` before each group of blocks, and throws what
/// that throws and what `source` reports; errors of the destination end it.
void recheck(ReadableDevice& source, Destination& destination, const RangeSet& ranges, std::uint64_t block,
             const std::function<void()>& check) {
  log::info("{}: {} was not on stable storage when the target was lost or reset; reading it back",
            destination.device().name(), format_size(ranges.total()));
  std::vector<Pairs::Pair> pairs;
  Pairs reader(source, destination.device());
  std::uint64_t again = 0;
  const auto judge = [&] {
    check();
    std::optional<Error> error;
    if (!destination.failed() && !pairs.empty() && reader.read(pairs, error))
      for (const Pairs::Pair& pair : pairs) {
        const std::span<const std::byte> ours(pair.ours);
        if (std::memcmp(ours.data(), pair.theirs.data(), ours.size()) == 0) {
          if (destination.journal() == nullptr) continue;
          destination.journal()->written(pair.offset, ours.size(),
                                         all_zero(ours) ? std::nullopt : std::optional(hash128(ours)));
          continue;
        }
        again += ours.size();
        destination.write_again(pair.offset, ours);
      }
    if (error) destination.fail(*error);
    pairs.clear();
  };
  for (const Range& range : ranges)
    for (std::uint64_t at = range.offset, end = std::min(source.size(), range.end()); at < end;) {
      const std::uint64_t to = std::min(end, round_down(at, block) + block);
      pairs.push_back({at, std::vector<std::byte>(to - at), std::vector<std::byte>(to - at)});
      if (pairs.size() == kPairs) judge();
      at = to;
    }
  judge();
  if (again > 0)
    log::warning("{}: lost {} that it had acknowledged, when the target was lost or reset; written again",
                 destination.device().name(), format_size(again));
}

}  // namespace

bool Copier::recover_cache_loss(unsigned round) {
  constexpr unsigned kRounds = 8;
  auto* const* source = std::get_if<ReadableDevice*>(&source_);
  const char* why = nullptr;
  if (source == nullptr || options_.source_read)
    why = "and the source cannot be read again";
  else if (round == kRounds)
    why = "again and again";
  bool any = false;
  for (const std::size_t i : group_) {
    Destination* destination = destinations_[i].get();
    const RangeSet ranges = destination->take_stale();
    if (ranges.empty() || destination->failed()) continue;
    any = true;
    if (why != nullptr)
      destination->fail(Error(
          Exit::failed, destination->device().name(),
          fmt::format(
              "the target was lost or reset while {} that it had acknowledged was not on stable storage, {}",
              format_size(ranges.total()), why),
          "clone again"));
    else
      recheck(**source, *destination, ranges, options_.block, [this] { check(); });
    // There were only zeros behind the end of the source (wipe_rest()).
    if (source != nullptr && options_.wipe_rest)
      for (const Range& range : ranges.intersection(Range::between((*source)->size(), UINT64_MAX)))
        if (!destination->failed()) destination->zero_again(range.offset, range.length);
    wait_until_idle();
  }
  return any;
}

}  // namespace san::copy
