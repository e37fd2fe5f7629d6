// SPDX-License-Identifier: Apache-2.0
// A destination that lags does not hold up the others: ranges that it skips are copied in a second pass.
#include <algorithm>

#include "copy/engine/copier.h"
#include "copy/stopwatch.h"
#include "core/process/interrupt.h"

namespace san::copy {
namespace {

// Wait for a destination without capacity, while another one has little left to do, before it skips a range.
// That costs a second read of the source, so a pause as short as a TCP retransmission (200 ms at least on
// Linux) or a flush is waited out, once for each destination (WriteQueue::slow). An order of magnitude, not a
// measured optimum.
constexpr std::chrono::milliseconds kWaitForSlow{200};

}  // namespace

Copier::Pipelines Copier::choose(const Piece& piece, const Pipelines& among) {
  const auto began = Clock::now();
  while (true) {
    const std::uint64_t seen = signal_.changes();
    Pipelines ready, full;
    bool starving = false, may_wait = true;
    for (DestinationPipeline* one : among) {
      if (one->destination().failed()) continue;
      WriteQueue& queue = one->queue();
      const std::uint64_t held = queue.held();
      // Capacity: a verifier that lags, or many runs of zeros in flight, count like blocks.
      const bool capacity = one->destination().wait_for_capacity(std::chrono::milliseconds(0));
      if (queue.behind && held <= share_ / 4 && capacity) queue.behind = false;
      // Alone it takes no memory from others.
      const bool much = held > 0 && held + (piece.zero ? 0 : piece.length) > share_;
      if (!capacity || (among.size() > 1 && (queue.behind || much))) {
        full.push_back(one);
        may_wait = may_wait && !queue.slow;
      } else {
        ready.push_back(one);
        starving = starving || held <= share_ / 4;
      }
    }
    if (full.empty()) return ready;
    // A stream cannot be read twice, and a sequential destination cannot go without a part.
    const bool leave_out = starving && (!may_wait || Clock::now() - began >= kWaitForSlow) &&
                           device_ != nullptr && std::none_of(full.begin(), full.end(), [](const auto* one) {
                             return one->destination().device().sequential();
                           });
    if (leave_out) {
      for (DestinationPipeline* one : full) {
        one->queue().leave_out({piece.offset, piece.length});
        one->queue().behind = one->queue().slow = true;
      }
      return ready;
    }
    check();
    signal_.wait_past(seen);
  }
}

Copier::Pipelines Copier::next_to_catch_up() {
  Pipelines ready;
  bool any = false;
  const auto found = [&] {
    ready.clear();
    any = false;
    for (DestinationPipeline* one : all_) {
      if (one->destination().failed()) one->queue().take_left_out();
      if (one->queue().left_out().empty()) continue;
      any = true;
      if (one->queue().held() <= share_ / 4) ready.push_back(one);
    }
    return !any || !ready.empty();
  };
  signal_.wait_until(found, [this] { check(); });
  return ready;
}

bool Copier::catch_up() {
  const Pipelines slow = next_to_catch_up();
  if (slow.empty()) return false;
  std::vector<RangeSet> sets;
  sets.reserve(slow.size());
  RangeSet all;
  for (DestinationPipeline* one : slow) {
    sets.push_back(one->queue().take_left_out());
    all.add(sets.back());
  }
  const Stopwatch watch(copy_seconds_);
  begin_second_pass(all.total());
  fed_ = slow;
  try {
    for (const QueuedRange& segment : merge(sets)) {
      Pipelines takers;
      for (const std::size_t i : segment.queues) takers.push_back(slow[i]);
      copy_range(segment.range, takers, Reading::again);
    }
    signal_.wait_until([this] { return reader_.reads().count() == 0; }, [this] { check(); });
    check();
  } catch (const Error& error) {
    // The source could not be read again, which does not affect destinations already complete.
    if (error.code() == Exit::interrupted || !source_failed_) throw;
    source_failed_ = false;
    signal_.wait_until([this] { return reader_.reads().count() == 0; }, [] { Interrupt::check(""); });
    for (DestinationPipeline* one : slow) one->destination().fail(error);
    reader_.reads().forgive();
  }
  fed_.clear();
  caught_up_ = true;
  return true;
}

}  // namespace san::copy
