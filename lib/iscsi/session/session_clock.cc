// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_clock.h"

#include <poll.h>
#include <unistd.h>

#include <cstdint>

namespace san::iscsi {
namespace {

class SteadyClock final : public SessionClock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  void wait(int event, std::chrono::milliseconds timeout) const override {
    pollfd one = {event, POLLIN, 0};
    poll(&one, 1, static_cast<int>(timeout.count()));
    std::uint64_t ignored = 0;
    static_cast<void>(::read(event, &ignored, sizeof(ignored)) == 0);
  }
};

}  // namespace

const SessionClock& SessionClock::steady() {
  static const auto* const one = new SteadyClock;  // never destroyed: threads may ask it to the last
  return *one;
}

}  // namespace san::iscsi
