// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/verifier.h"

#include <algorithm>
#include <utility>

#include "block/zero_detection.h"
#include "core/process/operation.h"
#include "core/units.h"

namespace san::copy {

Verifier::Verifier(ReadableDevice& device, std::uint64_t block, ChangeSignal* signal)
    : device_(device), examinations_(signal), reads_(device, block, kReadBacks, nullptr) {
  thread_ = start_thread([this] { run(); });
}

Verifier::~Verifier() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Verifier::add(const Expectation& expectation) {
  const std::scoped_lock lock(mutex_);
  if (examinations_.failed()) return;
  // Adjacent zeros become one range: the whole of it may turn out to be deallocated.
  if (expectation.hash || zeros_.empty() || !zeros_.back().expectation.range.append(expectation.range))
    (expectation.hash ? queue_ : zeros_)
        .push_back({expectation, std::make_shared<InFlight::Ticket>(examinations_.begin())});
  waited_for_ = false;
  backlog_ += expectation.range.length;
  changed_.notify_all();
}

std::size_t Verifier::queued() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size() + zeros_.size();
}

bool Verifier::wait_until_idle(std::chrono::milliseconds timeout) {
  {
    const std::scoped_lock lock(mutex_);
    waited_for_ = true;
    changed_.notify_all();
  }
  return examinations_.wait(timeout) || examinations_.failed();
}

std::vector<Expectation> Verifier::take_mismatches() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(mismatches_, {});
}

void Verifier::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return quit_ || next() != nullptr; });
    if (quit_) return;
    std::deque<Examination>& queue = *next();
    Examination one = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    try {
      examine(one);
    } catch (const Error& error) {
      fail(error);
    }
    one = {};
    lock.lock();
  }
}

std::deque<Verifier::Examination>* Verifier::next() {
  if (!queue_.empty()) return &queue_;
  return waited_for_ && !zeros_.empty() ? &zeros_ : nullptr;
}

void Verifier::fail(const Error& error) {
  std::deque<Examination> dropped, zeros;
  const std::scoped_lock lock(mutex_);
  examinations_.fail(error);
  dropped.swap(queue_);
  zeros.swap(zeros_);
}

void Verifier::examine(const Examination& one) {
  if (one.expectation.hash) return read_back(one.expectation, one.ticket);
  // In windows, because adjacent zeros may have become one range as large as the disk.
  const std::uint64_t end = one.expectation.range.end();
  for (std::uint64_t at = one.expectation.range.offset; at < end && !stopped();) {
    const std::uint64_t to = std::min(end, round_up(at + 1, kReadBackWindow));
    for (const Extent& extent : device_.extents(at, to - at)) {
      // Extents that the device reports as zeros have been proved by it: a kernel's hole, or a deallocated
      // run of a LUN read at both ends.
      if (extent.kind == Extent::Kind::zero)
        judge({{extent.offset, extent.length}, {}}, true);
      else
        examine_zeros({extent.offset, extent.length}, one);
    }
    at = to;
  }
}

void Verifier::examine_zeros(const Range& range, const Examination& of) {
  for (std::uint64_t at = range.offset; at < range.end() && !stopped();) {
    const std::uint64_t piece = std::min(reads_.block(), range.end() - at);
    read_back({{at, piece}, {}}, of.ticket);
    at += piece;
  }
}

void Verifier::read_back(const Expectation& expectation, const std::shared_ptr<InFlight::Ticket>& ticket) {
  reads_.read(
      expectation.range, [this] { return !stopped(); },
      [this, expectation, ticket](std::span<const std::byte> bytes, const Error* error) {
        if (error == nullptr)
          judge(expectation, expectation.hash ? hash128(bytes) == *expectation.hash : all_zero(bytes));
        else
          fail(*error);
      });
}

void Verifier::judge(const Expectation& expectation, bool good) {
  if (good) {
    verified_ += expectation.range.length;
  } else {
    const std::scoped_lock lock(mutex_);
    mismatches_.push_back(expectation);
  }
  backlog_ -= expectation.range.length;
}

}  // namespace san::copy
