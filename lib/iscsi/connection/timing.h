// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::iscsi {

/// How long what is borne. The defaults suit people; tests of the end of patience have less of it.
struct Timing {
  using Duration = std::chrono::milliseconds;

  /// Time without any answer after which a stall is reported…
  Duration silence{4'000};
  /// …and after which it is given up; twice as much where only slow requests are pending: Linux waits 60 s
  /// for a SYNCHRONIZE CACHE and 30 s for a READ (drivers/scsi/sd.h).
  Duration timeout{45'000};
  /// Silence of a session after which the target is asked for a sign of life…
  Duration ping{5'000};
  /// …and after which, without any, the session is taken for dead.
  Duration dead{15'000};
  /// A target that shows life, but has answered no command of a session for this long, has lost them; twice
  /// as long where only slow requests are pending.
  Duration lost{30'000};
  /// For how long one request is sent again after BUSY and its like.
  Duration refusal{30'000};
};

}  // namespace san::iscsi
