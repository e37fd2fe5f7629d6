// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "measure/bench/workload.h"

namespace san::measure {

/// Options of a measurement.
struct BenchOptions {
  std::chrono::milliseconds time{25'000};  ///< of all workloads together
  /// Opens the device with that many sessions, and that many requests in flight a session. Called again for
  /// each other combination, after the device before has been closed.
  std::function<std::unique_ptr<ReadableDevice>(unsigned sessions, unsigned depth)> open;
  /// Opens it for writing, in place of `open`: then writes are measured first, and the written data are read.
  std::function<std::unique_ptr<Device>(unsigned sessions, unsigned depth)> open_for_writing;
  bool sessions = true;  ///< true for a LUN: several sessions are measured, too
};

/// Workload and its measurement.
struct BenchCell {
  Workload workload;
  Measurement measured;
  std::string note;  ///< reason why the measurement is void; empty if it is valid

  /// Returns bytes a second; nothing if the measurement is void.
  std::optional<double> rate() const;
};

/// Result of a measurement.
struct BenchResult {
  std::string device;
  std::uint64_t size = 0;        ///< of the device in bytes
  std::uint32_t block = 0;       ///< bytes of a logical block
  bool lun = false;              ///< several sessions were measured
  bool wrote = false;            ///< workloads that write were run
  std::uint64_t read_bytes = 0;  ///< bytes that the reads covered: SampleExtents::length()
  SampleExtents::Kind read_kind = SampleExtents::Kind::unknown;
  std::uint64_t written_bytes = 0;      ///< bytes at the front of the device that were overwritten
  std::optional<double> flush_seconds;  ///< of the flush after all writes
  double seconds = 0;                   ///< of the whole run
  std::vector<BenchCell> cells;
};

/// Returns the workloads of one direction in the order in which they are run. `block`: bytes of a logical
/// block.
std::vector<Workload> bench_workloads(bool write, bool sessions, std::uint32_t block);

/// Runs all workloads within the time. `phase` is called with the direction, "read" or "write"; `moved` with
/// numbers of bytes, from any thread. Throws what the device throws, and Error(failed) if it has less than 16
/// MiB.
BenchResult run_bench(const BenchOptions& options, const std::function<void(const char*)>& phase,
                      const std::function<void(std::uint64_t)>& moved);

/// Returns, of the sequential cells of one direction within 5 % of the fastest, the one with the fewest bytes
/// in flight; null if none was measured. Points into `result`.
const BenchCell* best_cell(const BenchResult& result, bool write);
/// Returns the faster of the two cells that match sanclone's defaults: requests of 1 MiB, 16 of them in
/// flight, over one session or four; null if neither was measured. Points into `result`.
const BenchCell* usual_cell(const BenchResult& result, bool write);

}  // namespace san::measure
