// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/workload.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>

#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::measure {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kBootRun = 16;

/// Buffers, extents and counts of one workload. Completions come from the threads of the device.
class WorkloadRun : public std::enable_shared_from_this<WorkloadRun> {
 public:
  /// `writable` is the same device for a workload that writes, and may be null for any other.
  WorkloadRun(ReadableDevice& device, Device* writable, const Workload& workload,
              const SampleExtents& extents, std::uint64_t& position,
              const std::function<void(std::uint64_t)>& moved)
      : device_(device),
        writable_(writable),
        workload_(workload),
        extents_(extents),
        position_(position),
        moved_(moved),
        random_(0x73616E6C756EU + workload.in_flight()),
        states_(workload.in_flight()),
        data_(workload.request * workload.in_flight()) {
    if (!workload.write) return;
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= data_.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t word = random_();
      std::memcpy(&data_[at], &word, sizeof word);
    }
  }

  Measurement run(std::chrono::milliseconds share) {
    const auto begun = Clock::now();
    {
      const std::scoped_lock lock(mutex_);
      // Warm-up, until the sessions are logged in and their queues full; a third of the time at most.
      warm_by_ = begun + share / 3;
      end_ = begun + share;
      active_ = workload_.in_flight();
    }
    for (unsigned slot = 0; slot < workload_.in_flight(); ++slot) drive(slot);
    wait();
    const std::scoped_lock lock(mutex_);
    if (error_) throw Error(*error_);
    // Up to the end of the time, not to the last completion: requests come back in bursts, and the pause
    // behind one counts.
    if (measured_from_ && *measured_from_ < end_)
      result_.seconds = std::chrono::duration<double>(end_ - *measured_from_).count();
    return result_;
  }

 private:
  std::uint64_t next() {
    const std::uint64_t request = workload_.request,
                        slots = std::max<std::uint64_t>(1, extents_.length() / request);
    const auto anywhere = [&] { return random_() % slots * request; };
    if (workload_.pattern == Workload::Pattern::random) return anywhere();
    const bool jump = workload_.pattern == Workload::Pattern::boot && run_++ % kBootRun == 0;
    if (jump) position_ = anywhere();
    if (position_ + request > extents_.length()) position_ = 0;
    const std::uint64_t at = position_;
    position_ += request;
    return at;
  }

  /// State of a slot between the calls: a device may complete a request before the submitting call returns,
  /// and to submit the next one from the completion would recurse without bound.
  enum class State { submitting, submitted, again };

  void drive(unsigned slot) {
    // The last completion may come, and the owner be destroyed, before this returns.
    const auto self = shared_from_this();
    auto expected = State::again;
    while (expected == State::again) {
      states_[slot] = State::submitting;
      submit(slot);
      expected = State::submitting;
      states_[slot].compare_exchange_strong(expected, State::submitted);
    }
  }

  void submit(unsigned slot) {
    const auto buffer = std::span(data_).subspan(slot * workload_.request, workload_.request);
    std::uint64_t offset = 0;
    {
      const std::scoped_lock lock(mutex_);
      offset = extents_.offset(next(), workload_.request);
      if (workload_.write) stamp(buffer);
    }
    const auto done = [self = shared_from_this(), slot, sent = Clock::now()](const Error* error) {
      self->completed(slot, sent, error);
    };
    if (workload_.write)
      writable_->write(offset, buffer, done);
    else
      device_.read(offset, buffer, done);
  }

  /// Puts a different number into every 4 KiB, so that the target cannot find duplicates.
  void stamp(std::span<std::byte> buffer) {
    for (std::size_t at = 0; at < buffer.size(); at += 4096) {
      ++stamps_;
      std::memcpy(&buffer[at], &stamps_, sizeof stamps_);
    }
  }

  void completed(unsigned slot, Clock::time_point sent, const Error* error) {
    const auto now = Clock::now();
    if (error == nullptr && moved_) moved_(workload_.request);
    bool go_on = false;
    {
      const std::scoped_lock lock(mutex_);
      if (error != nullptr && !error_) error_ = *error;
      if (error == nullptr) count(now, now - sent);
      go_on = !error_ && now < end_ && !stopped_;
      if (!go_on && --active_ == 0) ended_.notify_all();
    }
    auto expected = State::submitting;
    if (go_on && !states_[slot].compare_exchange_strong(expected, State::again)) drive(slot);
  }

  void count(Clock::time_point now, Clock::duration took) {
    if (!measured_from_) {
      if (++warm_ >= workload_.in_flight() || now >= warm_by_) measured_from_ = now;
      return;
    }
    if (now > end_) return;
    ++result_.requests;
    result_.bytes += workload_.request;
    result_.latency.add(took);
  }

  void wait() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::milliseconds(50), [this] { return active_ == 0; })) {
      if (!Interrupt::requested() || stopped_) continue;
      stopped_ = true;
      lock.unlock();
      device_.cancel();
      lock.lock();
    }
    lock.unlock();
    Interrupt::check("");
  }

  ReadableDevice& device_;
  Device* const writable_;
  const Workload workload_;
  const SampleExtents& extents_;
  std::uint64_t& position_;
  const std::function<void(std::uint64_t)>& moved_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::mt19937_64 random_;  ///< fixed seed: equal offsets in every run of the program
  std::vector<std::atomic<State>> states_;
  std::vector<std::byte> data_;
  unsigned active_ = 0, warm_ = 0, run_ = 0;
  std::uint64_t stamps_ = 0;
  bool stopped_ = false;
  Clock::time_point warm_by_, end_;
  std::optional<Clock::time_point> measured_from_;
  std::optional<Error> error_;
  Measurement result_;
};

}  // namespace

const char* to_string(Workload::Pattern pattern) {
  switch (pattern) {
    case Workload::Pattern::sequential:
      return "sequential";
    case Workload::Pattern::random:
      return "random";
    case Workload::Pattern::boot:
      break;
  }
  return "boot";
}

Measurement run_workload(Device& device, const Workload& workload, const SampleExtents& extents,
                         std::uint64_t& position, std::chrono::milliseconds share,
                         const std::function<void(std::uint64_t)>& moved) {
  return std::make_shared<WorkloadRun>(device, &device, workload, extents, position, moved)->run(share);
}

Measurement run_workload(ReadableDevice& device, const Workload& workload, const SampleExtents& extents,
                         std::uint64_t& position, std::chrono::milliseconds share,
                         const std::function<void(std::uint64_t)>& moved) {
  return std::make_shared<WorkloadRun>(device, nullptr, workload, extents, position, moved)->run(share);
}

}  // namespace san::measure
