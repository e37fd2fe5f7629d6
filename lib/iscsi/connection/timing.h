// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::iscsi {

/// Timeouts of requests and sessions. The defaults suit interactive use; tests of timeouts set shorter ones.
struct Timing {
  using Duration = std::chrono::milliseconds;

  /// Time without any answer after which a stall is reported.
  Duration silence{4'000};
  /// Time without any answer after which a stalled request fails; doubled for slow requests, as long as no
  /// other one has been pending for so long.
  /// Linux waits 60 s for a SYNCHRONIZE CACHE and 30 s for a READ (drivers/scsi/sd.h).
  Duration timeout{45'000};
  /// Silence of a session after which a NOP-Out is sent to the target.
  Duration ping{5'000};
  /// Silence of a session after which it counts as dead.
  Duration dead{15'000};
  /// Time after which a target that is alive, but has answered no command of a session, counts as having lost
  /// the commands; doubled for slow requests, as long as no other one has been pending for so long.
  Duration lost{30'000};
  /// Time for which one request is repeated after BUSY and similar answers.
  Duration refusal{30'000};
};

}  // namespace san::iscsi
