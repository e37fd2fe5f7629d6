// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::iscsi {

/// How long what is borne. The defaults suit people; tests of the end of patience have less of it.
struct Timing {
  using Duration = std::chrono::milliseconds;

  Duration silence{4'000};    ///< time without any answer after which a stall is reported…
  Duration patience{45'000};  ///< …and after which it is given up (four times as much where only slow
                              ///< requests are pending)
  Duration ping{5'000};   ///< silence of a session after which the target is asked for a sign of life…
  Duration dead{15'000};  ///< …and after which, without any, the session is taken for dead
  Duration lost{30'000};  ///< a target that shows life, but has answered no command of a session for so long,
                          ///< has lost them (four times as much as above)
  Duration refusal{30'000};  ///< for how long one request is sent again after BUSY and its like
};

}  // namespace san::iscsi
