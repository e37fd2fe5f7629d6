// SPDX-License-Identifier: Apache-2.0
#include "core/process/progress.h"

#include "core/process/operation.h"

namespace san {
namespace {

// Long enough that a target's pauses (cache flushes, failovers) don't make the rate jump, short enough to
// follow it.
constexpr std::chrono::seconds kWindow{5};

}  // namespace

Progress::Progress(std::unique_ptr<ProgressSink> sink) : sink_(std::move(sink)) {
  if (sink_) thread_ = start_thread([this] { run(); });
}

Progress::~Progress() {
  end();
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Progress::begin(std::string phase, std::optional<std::uint64_t> total) {
  end();
  const std::scoped_lock lock(mutex_);
  phase_ = std::move(phase);
  total_ = total;
  done_ = 0;
  began_ = Clock::now();
  window_.assign(1, {began_, 0});
  running_ = true;
}

void Progress::end() {
  const std::scoped_lock lock(mutex_);
  if (!running_) return;
  running_ = false;
  if (!sink_) return;
  ProgressState state = snapshot(Clock::now());
  state.finished = true;
  // The rate of a finished phase is that of the whole phase.
  state.rate = state.seconds > 0 ? static_cast<double>(state.done) / state.seconds : 0;
  state.eta.reset();
  sink_->show(state);
}

ProgressState Progress::snapshot(Clock::time_point now) {
  using Seconds = std::chrono::duration<double>;
  ProgressState state;
  state.phase = phase_;
  state.done = done();
  state.total = total_;
  state.seconds = Seconds(now - began_).count();
  window_.emplace_back(now, state.done);
  while (window_.size() > 2 && now - window_.front().first > kWindow) window_.pop_front();
  const double span = Seconds(now - window_.front().first).count();
  if (span > 0) state.rate = static_cast<double>(state.done - window_.front().second) / span;
  if (total_ && state.rate > 0 && *total_ >= state.done)
    state.eta = static_cast<double>(*total_ - state.done) / state.rate;
  return state;
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  while (!quit_) {
    wake_.wait_for(lock, sink_->interval(), [this] { return quit_; });
    if (running_ && !quit_) sink_->show(snapshot(Clock::now()));
  }
}

}  // namespace san
