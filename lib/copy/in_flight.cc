// SPDX-License-Identifier: Apache-2.0
#include "copy/in_flight.h"

namespace san::copy {

InFlight::Ticket InFlight::begin() {
  const std::scoped_lock lock(mutex_);
  ++count_;
  return Ticket(*this);
}

void InFlight::end() noexcept {
  // All under the lock: a thread that sees that nothing is in flight may destroy this, and the signal.
  const std::scoped_lock lock(mutex_);
  --count_;
  changed_.notify_all();
  if (signal_ != nullptr) signal_->notify();
}

unsigned InFlight::count() const {
  const std::scoped_lock lock(mutex_);
  return count_;
}

bool InFlight::wait(std::chrono::milliseconds timeout, unsigned most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return count_ <= most; });
}

void InFlight::drain() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return count_ == 0; });
}

void InFlight::fail(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = error;
    failed_ = true;
    changed_.notify_all();
  }
  if (signal_ != nullptr) signal_->notify();
}

void InFlight::cancel(ReadableDevice& device, const Error& error) {
  fail(error);
  device.cancel();
}

std::optional<Error> InFlight::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

void InFlight::forgive() {
  const std::scoped_lock lock(mutex_);
  error_.reset();
  failed_ = false;
}

}  // namespace san::copy
