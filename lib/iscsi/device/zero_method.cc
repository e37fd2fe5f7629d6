// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/zero_method.h"

#include "core/units.h"

namespace san::iscsi {
namespace {

// Below this, a request's fixed cost hides what a byte costs.
constexpr std::uint64_t kWorthTiming = 256 * KiB;

}  // namespace

void ZeroMethod::Speed::add(std::uint64_t bytes, Duration took) {
  if (bytes < kWorthTiming) return;
  const double now = std::chrono::duration<double>(took).count() / static_cast<double>(bytes);
  seconds_per_byte = seconds_per_byte ? *seconds_per_byte * 0.8 + now * 0.2 : now;
}

ZeroMethod::Choice ZeroMethod::choose(std::uint64_t length) {
  const std::scoped_lock lock(mutex_);
  if (refused_ || length < kWorthTiming) return Choice::data;
  if (!write_same_.seconds_per_byte) {
    // One trial at a time; until its result is known the safe method is used.
    if (trying_) return Choice::data;
    trying_ = true;
    return Choice::write_same;
  }
  if (!write_.seconds_per_byte) return Choice::data;
  return *write_same_.seconds_per_byte < *write_.seconds_per_byte ? Choice::write_same : Choice::data;
}

void ZeroMethod::measured_write(std::uint64_t bytes, Duration took) {
  const std::scoped_lock lock(mutex_);
  write_.add(bytes, took);
}

void ZeroMethod::measured_write_same(std::uint64_t bytes, Duration took) {
  const std::scoped_lock lock(mutex_);
  write_same_.add(bytes, took);
}

void ZeroMethod::write_same_refused() {
  const std::scoped_lock lock(mutex_);
  refused_ = true;
}

}  // namespace san::iscsi
