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

namespace san {

/// One way of using a device.
struct Workload {
  enum class Pattern {
    sequential,
    random,
    /// As firmware boots: runs of 16 requests one behind the other, each run somewhere else. iPXE has one
    /// command under way and takes 8 KiB a Data-In PDU (MaxRecvDataSegmentLength of its iscsi.c).
    boot,
  };
  Pattern pattern = Pattern::sequential;
  bool write = false;
  std::uint64_t request = 0;  ///< bytes
  unsigned depth = 1;         ///< requests in flight a session
  unsigned sessions = 1;

  unsigned in_flight() const { return depth * sessions; }
  bool operator==(const Workload&) const = default;
};

/// "sequential", "random", "boot".
const char* to_string(Workload::Pattern pattern);

/// What was measured, between the moment at which the first requests had all come back and the end.
struct Measurement {
  std::uint64_t requests = 0, bytes = 0;  ///< completed meanwhile
  double seconds = 0;
  LatencyHistogram latency;  ///< of those requests
};

/// Fewer requests than these say nothing of a rate: 10, and as many as are in flight, which come back in
/// bursts.
inline std::uint64_t fewest_requests(const Workload& workload) {
  return std::max(10U, workload.in_flight());
}

/// Keeps `workload.in_flight()` requests under way for `share`, at `places` of `device`; sequential ones
/// begin at `position` of these and leave it where they ended. What is written cannot be compressed, and no
/// two requests write the same. The pattern is the same at every call. `moved` is told of bytes, from any
/// thread. Throws what the device reports, Error(interrupted) after a signal.
Measurement run_workload(Device& device, const Workload& workload, const SampleExtents& places,
                         std::uint64_t& position, std::chrono::milliseconds share,
                         const std::function<void(std::uint64_t)>& moved);

}  // namespace san
