// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/bench.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/units.h"
#include "devices/fault_device.h"
#include "devices/memory_device.h"
#include "report/measure/bench_report.h"

namespace san {

using namespace san::measure;
using namespace san::report;
namespace {

using Pattern = Workload::Pattern;

BenchCell cell(const Workload& workload, double rate) {
  BenchCell result{workload, {}, {}};
  result.measured.requests = 100;
  result.measured.bytes = static_cast<std::uint64_t>(rate);
  result.measured.seconds = 1;
  result.measured.latency.add(std::chrono::microseconds(100));
  return result;
}

void check_width(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() < 80);
    CHECK_FALSE(line.ends_with(" "));
  }
}

std::string join(const std::vector<std::string>& sentences) {
  std::string all;
  for (const std::string& one : sentences) all += one + "\n";
  return all;
}

TEST_CASE("the workloads are those that were promised") {
  const auto reads = bench_workloads(false, true, 512);
  CHECK(reads.size() == 30);
  CHECK(std::count_if(reads.begin(), reads.end(), [](const Workload& w) { return w.write; }) == 0);
  CHECK(std::count(reads.begin(), reads.end(), Workload{Pattern::sequential, false, MiB, 16, 4}) == 1);
  CHECK(std::count(reads.begin(), reads.end(), Workload{Pattern::boot, false, 8 * KiB, 1, 1}) == 1);
  CHECK(bench_workloads(false, false, 512).size() == 12);
  // Blocks longer than the requests would be.
  CHECK(bench_workloads(true, true, 16384).back().request == 16384);
}

TEST_CASE("the best setting is the cheapest of the fastest") {
  BenchResult result;
  result.lun = true;
  result.cells = {cell({Pattern::sequential, false, 64 * KiB, 16, 1}, 500e6),
                  cell({Pattern::sequential, false, 256 * KiB, 4, 1}, 960e6),
                  cell({Pattern::sequential, false, MiB, 16, 4}, 1000e6),
                  cell({Pattern::sequential, false, MiB, 16, 1}, 800e6),
                  cell({Pattern::random, false, 4 * KiB, 32, 1}, 2000e6)};
  CHECK(best_cell(result, false)->workload == result.cells[1].workload);
  CHECK(best_cell(result, true) == nullptr);
  CHECK(usual_cell(result, false)->workload == result.cells[3].workload);
  CHECK(join(bench_conclusions(result)).find("20 % faster") != std::string::npos);
  CHECK(join(bench_conclusions(result)).find("--block 256K --depth 4 --sessions 1") != std::string::npos);
  result.cells.push_back(cell({Pattern::sequential, false, MiB, 4, 4}, 950e6));
  CHECK(join(bench_conclusions(result)).find("is as fast") != std::string::npos);
}

TEST_CASE("what was not measured is said and not made up") {
  BenchResult result;
  result.device = "m";
  result.read_kind = SampleExtents::Kind::zeros;
  for (const Workload& workload : bench_workloads(false, true, 512)) {
    result.cells.push_back(cell(workload, 0));
    result.cells.back().note = "too few requests: 3";
  }
  CHECK(best_cell(result, false) == nullptr);
  CHECK(join(bench_conclusions(result)) == "Reading could not be measured in the time given.\n");
  const Json json = to_json(result);
  for (const Json& one : json["cells"]) {
    CHECK(one["rate"].is_null());
    CHECK(one["iops"].is_null());
    CHECK(one["latency_us"]["p99_9"].is_null());
    CHECK(one["note"] == "too few requests: 3");
  }
  CHECK(json["best"]["read"].is_null());
  const std::string text = to_text(result, false);
  check_width(text);
  CHECK(text.find("CAUTION") != std::string::npos);
}

TEST_CASE("a whole run, within its time") {
  const auto memory = std::make_shared<MemoryDevice>("memory", 24 * MiB);
  BenchOptions options;
  options.time = std::chrono::milliseconds(2500);
  options.open_for_writing = [&memory](unsigned, unsigned) {
    auto device = std::make_unique<FaultDevice>(memory);
    device->add({FaultDevice::Op::read, FaultDevice::Delay{std::chrono::milliseconds(1)}});
    device->add({FaultDevice::Op::write, FaultDevice::Delay{std::chrono::milliseconds(1)}});
    return device;
  };
  std::string phases;
  std::atomic<std::uint64_t> moved{0};
  const auto begun = std::chrono::steady_clock::now();
  const BenchResult result = run_bench(
      options, [&phases](const char* phase) { phases += phase; }, [&moved](std::uint64_t n) { moved += n; });
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(6));
  CHECK(phases == "writeread");
  CHECK(result.cells.size() == 59);
  CHECK(result.read_kind == SampleExtents::Kind::data);
  CHECK(result.written_bytes <= 24 * MiB);
  CHECK(moved > 0);
  CHECK(best_cell(result, true) != nullptr);
  CHECK(best_cell(result, false) != nullptr);
  check_width(to_text(result, false));
  const Json json = to_json(result);
  CHECK(json["cells"].size() == 59);
  CHECK(json["best"]["read"]["rate"] > 0);
}

TEST_CASE("a device too small says so") {
  BenchOptions options;
  options.open = [](unsigned, unsigned) { return std::make_unique<MemoryDevice>("m", MiB); };
  CHECK_THROWS_AS(run_bench(options, [](const char*) {}, {}), Error);
}

}  // namespace
}  // namespace san
