// SPDX-License-Identifier: Apache-2.0
// How the copier keeps a destination that lags from holding up the others: what it is given, what it skips,
// and the second pass over that.
#include <algorithm>
#include <numeric>
#include <thread>

#include "copy/engine/copier.h"
#include "copy/engine/poll_interval.h"
#include "copy/stopwatch.h"

namespace san::copy {
namespace {

using std::chrono::milliseconds;

// Wait for a destination without capacity, while another one has little left to do, before it skips a range.
// That costs a second read of the source, so a pause as short as a TCP retransmission (200 ms at least on
// Linux) or a flush is waited out, once for each destination (WriteQueue::slow). An order of magnitude, not a
// measured optimum.
constexpr milliseconds kWaitForSlow{200};

}  // namespace

std::vector<std::size_t> Copier::choose(const Piece& piece, const std::vector<std::size_t>& among) {
  const auto began = Clock::now();
  while (true) {
    std::vector<std::size_t> ready, full;
    bool starving = false, may_wait = true;
    for (const std::size_t i : among) {
      if (destinations_[i]->failed()) continue;
      WriteQueue& queue = *queues_[i];
      const std::uint64_t held = queue.held();
      // Capacity: a verifier that lags, or many runs of zeros in flight, count like blocks.
      const bool capacity = destinations_[i]->wait_for_capacity(milliseconds(0));
      if (queue.behind && held <= share_ / 4 && capacity) queue.behind = false;
      // Alone it takes no memory from others.
      const bool much = held > 0 && held + (piece.zero ? 0 : piece.length) > share_;
      if (!capacity || (among.size() > 1 && (queue.behind || much))) {
        full.push_back(i);
        may_wait = may_wait && !queue.slow;
      } else {
        ready.push_back(i);
        starving = starving || held <= share_ / 4;
      }
    }
    if (full.empty()) return ready;
    // A stream cannot be read twice, and a sequential destination cannot go without a part.
    const bool leave_out = starving && (!may_wait || Clock::now() - began >= kWaitForSlow) &&
                           std::holds_alternative<ReadableDevice*>(source_) &&
                           std::none_of(full.begin(), full.end(), [this](std::size_t i) {
                             return destinations_[i]->device().sequential();
                           });
    if (leave_out) {
      for (const std::size_t i : full) {
        queues_[i]->leave_out({piece.offset, piece.length});
        queues_[i]->behind = queues_[i]->slow = true;
      }
      return ready;
    }
    check();
    if (among.size() > 1)
      std::this_thread::sleep_for(milliseconds(1));
    else
      destinations_[full[0]]->wait_for_capacity(kPollInterval);
  }
}

bool Copier::left_out() const {
  return std::any_of(queues_.begin(), queues_.end(),
                     [](const auto& queue) { return !queue->left_out().empty(); });
}

std::vector<std::size_t> Copier::next_to_catch_up() {
  while (true) {
    bool any = false;
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      if (destinations_[i]->failed()) queues_[i]->take_left_out();
      if (queues_[i]->left_out().empty()) continue;
      any = true;
      if (queues_[i]->held() <= share_ / 4) ready.push_back(i);
    }
    if (!any || !ready.empty()) return ready;
    check();
    std::this_thread::sleep_for(milliseconds(1));
  }
}

bool Copier::catch_up() {
  const std::vector<std::size_t> slow = next_to_catch_up();
  if (slow.empty()) return done_.size() < destinations_.size();
  std::vector<RangeSet> sets;
  sets.reserve(slow.size());
  for (const std::size_t i : slow) sets.push_back(queues_[i]->take_left_out());
  const auto segments = merge(sets);
  const Stopwatch watch(copy_seconds_);
  progress_.begin("catch up", std::accumulate(segments.begin(), segments.end(), std::uint64_t{0},
                                              [](std::uint64_t sum, const QueuedRange& segment) {
                                                return sum + segment.range.length;
                                              }));
  try {
    for (const QueuedRange& segment : segments) {
      std::vector<std::size_t> takers;
      for (const std::size_t i : segment.queues) takers.push_back(slow[i]);
      copy_range(*std::get<ReadableDevice*>(source_), segment.range, takers, false);
    }
    wait_for_reads();
  } catch (const Error& error) {
    // The source could not be read again, which does not affect destinations already complete.
    if (error.code() == Exit::interrupted) throw;
    while (reads_ > 0) std::this_thread::sleep_for(milliseconds(1));
    for (const std::size_t i : slow) destinations_[i]->fail(error);
    const std::scoped_lock lock(mutex_);
    source_error_.reset();
  }
  return true;
}

}  // namespace san::copy
