// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "block/device.h"
#include "measure/bench/latency_histogram.h"
#include "measure/bench/sample_extents.h"

namespace san::measure {

/// Pattern of requests to a device.
struct Workload {
  enum class Pattern {
    sequential,
    random,
    /// Boot of firmware: runs of 16 requests in sequence, each run at another offset. iPXE has one command in
    /// flight and accepts 8 KiB a Data-In PDU (MaxRecvDataSegmentLength of its iscsi.c).
    boot,
  };
  Pattern pattern = Pattern::sequential;
  bool write = false;
  std::uint64_t request = 0;  ///< bytes
  unsigned depth = 1;         ///< requests in flight a session
  unsigned sessions = 1;

  /// Returns the requests in flight over all sessions.
  unsigned in_flight() const { return depth * sessions; }
  bool operator==(const Workload&) const = default;
};

/// Returns "sequential", "random" or "boot".
const char* to_string(Workload::Pattern pattern);

/// Requests completed between the moment at which as many as are in flight had come back and the end, so that
/// logins and the filling of the queue are not counted.
struct Measurement {
  std::uint64_t requests = 0, bytes = 0;  ///< completed in this time
  double seconds = 0;                     ///< of this time
  LatencyHistogram latency;               ///< of those requests
};

/// Returns the number of requests below which a rate means nothing: 10, or as many as are in flight if these
/// are more, because they come back in bursts.
inline std::uint64_t fewest_requests(const Workload& workload) {
  return std::max(10U, workload.in_flight());
}

/// Keeps `workload.in_flight()` requests in flight for the time `share`, within `extents` of `device`;
/// sequential ones begin at `position` of these, and leave it at their end. The data written cannot be
/// compressed, and no two requests write the same. The random offsets are the same at every call. `moved` is
/// called with numbers of bytes, from any thread. Throws what the device reports, and Error(interrupted)
/// after a signal.
Measurement run_workload(Device& device, const Workload& workload, const SampleExtents& extents,
                         std::uint64_t& position, std::chrono::milliseconds share,
                         const std::function<void(std::uint64_t)>& moved);
/// Does so for a workload that reads.
Measurement run_workload(ReadableDevice& device, const Workload& workload, const SampleExtents& extents,
                         std::uint64_t& position, std::chrono::milliseconds share,
                         const std::function<void(std::uint64_t)>& moved);

}  // namespace san::measure
