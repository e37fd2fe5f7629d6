// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/verifier.h"

#include <algorithm>
#include <utility>

#include "block/zero_detection.h"
#include "copy/engine/read_back.h"
#include "core/units.h"

namespace san::copy {

Verifier::Verifier(ReadableDevice& device, std::uint64_t block) : device_(device), pool_(block, kReadBacks) {
  thread_ = std::thread([this] { run(); });
}

Verifier::~Verifier() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return active_ == 0; });
}

void Verifier::add(const Expectation& expectation) {
  const std::scoped_lock lock(mutex_);
  if (error_) return;
  // Adjacent zeros become one range: the whole of it may turn out to be deallocated.
  if (expectation.hash || zeros_.empty() || !zeros_.back().range.append(expectation.range))
    (expectation.hash ? queue_ : zeros_).push_back(expectation);
  waited_for_ = false;
  backlog_ += expectation.range.length;
  changed_.notify_all();
}

std::size_t Verifier::queued() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size() + zeros_.size();
}

bool Verifier::wait_until_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  waited_for_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, timeout,
                           [this] { return (queue_.empty() && zeros_.empty() && active_ == 0) || error_; });
}

std::optional<Error> Verifier::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

std::vector<Expectation> Verifier::take_mismatches() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(mismatches_, {});
}

void Verifier::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return quit_ || (next() != nullptr && !error_); });
    if (quit_) return;
    std::deque<Expectation>& queue = *next();
    const Expectation expectation = queue.front();
    queue.pop_front();
    ++active_;
    lock.unlock();
    try {
      check(expectation);
    } catch (const Error& error) {
      fail(error);
    }
    lock.lock();
    --active_;
    changed_.notify_all();
  }
}

std::deque<Expectation>* Verifier::next() {
  if (!queue_.empty()) return &queue_;
  return waited_for_ && !zeros_.empty() ? &zeros_ : nullptr;
}

bool Verifier::stopped() const {
  const std::scoped_lock lock(mutex_);
  return quit_ || error_;
}

void Verifier::fail(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!error_) error_ = error;
  queue_.clear();
  zeros_.clear();
}

void Verifier::check(const Expectation& expectation) {
  if (expectation.hash) return read_back(expectation);
  // In windows, because adjacent zeros may have become one range as large as the disk.
  const std::uint64_t end = expectation.range.end();
  for (std::uint64_t at = expectation.range.offset; at < end && !stopped();) {
    const std::uint64_t to = std::min(end, round_up(at + 1, kReadBackWindow));
    for (const Extent& extent : device_.extents(at, to - at)) {
      // Extents that the device reports as zeros have been proved by it: a kernel's hole, or a deallocated
      // run of a LUN read at both ends.
      if (extent.kind == Extent::Kind::zero)
        judge({{extent.offset, extent.length}, {}}, true);
      else
        check_zeros({extent.offset, extent.length});
    }
    at = to;
  }
}

void Verifier::check_zeros(const Range& range) {
  for (std::uint64_t at = range.offset; at < range.end() && !stopped();) {
    const std::uint64_t piece = std::min<std::uint64_t>(pool_.size(), range.end() - at);
    read_back({{at, piece}, {}});
    at += piece;
  }
}

std::shared_ptr<std::byte> Verifier::buffer() {
  while (!stopped())
    if (auto buffer = pool_.acquire(std::chrono::milliseconds(100))) return buffer;
  return nullptr;
}

void Verifier::read_back(const Expectation& expectation) {
  auto into = buffer();
  if (!into) return;
  {
    const std::scoped_lock lock(mutex_);
    ++active_;
  }
  const std::span<std::byte> bytes(into.get(), expectation.range.length);
  // A device may copy the completion, and keep the copy for a while; it must not keep the buffer.
  const auto held = std::make_shared<std::shared_ptr<std::byte>>(std::move(into));
  device_.read(expectation.range.offset, bytes, [this, expectation, held, bytes](const Error* error) {
    if (error == nullptr)
      judge(expectation, expectation.hash ? hash128(bytes) == *expectation.hash : all_zero(bytes));
    else
      fail(*error);
    // The buffer is released before the count says so: the pool must outlive its buffers.
    held->reset();
    const std::scoped_lock lock(mutex_);
    --active_;
    changed_.notify_all();
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
