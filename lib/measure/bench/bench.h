// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "measure/bench/workload.h"

namespace san {

struct BenchOptions {
  std::chrono::milliseconds time{25'000};  ///< in all
  bool write = false;                      ///< write first, then read what was written
  /// Opens the device with that many sessions and requests in flight a session.
  std::function<std::unique_ptr<Device>(unsigned sessions, unsigned depth)> open;
  bool sessions = true;  ///< several sessions make sense: a LUN
};

/// One workload and what it came to.
struct BenchCell {
  Workload workload;
  Measurement measured;
  std::string note;  ///< why the measurement says nothing; empty where it does

  /// Bytes a second; nothing where the measurement says nothing.
  std::optional<double> rate() const;
};

struct BenchResult {
  std::string device;
  std::uint64_t size = 0;
  std::uint32_t block = 0;
  bool lun = false;
  bool wrote = false;
  std::uint64_t read_bytes = 0;  ///< how much there was to read: SampleExtents::length()
  SampleExtents::Kind read_kind = SampleExtents::Kind::unknown;
  std::uint64_t written_bytes = 0;      ///< how far from the front the device was written over
  std::optional<double> flush_seconds;  ///< after all writes
  double seconds = 0;
  std::vector<BenchCell> cells;
};

/// The workloads in the order in which they are run.
std::vector<Workload> bench_workloads(bool write, bool sessions, std::uint32_t block);

/// Runs them all within the time. `phase` is told which way the bytes go, "read" or "write", `moved` of
/// bytes. Throws what the device throws.
BenchResult run_bench(const BenchOptions& options, const std::function<void(const char*)>& phase,
                      const std::function<void(std::uint64_t)>& moved);

/// Of the sequential cells of one direction, the one that asks least of the target among those within 5 % of
/// the fastest; null where none was measured.
const BenchCell* best_cell(const BenchResult& result, bool write);
/// The faster of the two cells that are as sanclone works unless it is told otherwise: requests of 1 MiB, 16
/// of them in flight, over one session or four; null where neither was measured.
const BenchCell* usual_cell(const BenchResult& result, bool write);

/// What follows, in sentences.
std::vector<std::string> bench_conclusions(const BenchResult& result);

/// For people, at most 80 columns wide; `color`: with ANSI colours.
Printable to_text(const BenchResult& result, bool color);
Json to_json(const BenchResult& result);

}  // namespace san
