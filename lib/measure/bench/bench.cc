// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/bench.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "measure/bench/time_shares.h"

namespace san::measure {
namespace {

using Clock = TimeShares::Clock;
using Pattern = Workload::Pattern;

// Bytes at the front of a scratch LUN that are written again and again: it need not be filled.
constexpr std::uint64_t kMaxWritten = 4 * GiB;
constexpr std::uint64_t kMaxSize = MiB;

/// Runs workloads, and reopens the device if they need another number of sessions or requests in flight.
class Bench {
 public:
  Bench(const BenchOptions& options, unsigned cells, const std::function<void(std::uint64_t)>& moved)
      : options_(options), moved_(moved), shares_(Clock::now(), options.time, cells) {}

  ReadableDevice& device(unsigned sessions, unsigned depth) {
    if (!device_ || sessions != sessions_ || depth != depth_) {
      device_.reset();  // before the next login: some targets allow an initiator only one session
      open(sessions, depth);
      sessions_ = sessions;
      depth_ = depth;
    }
    return *device_;
  }
  /// Returns the same device to be written; only with BenchOptions::open_for_writing.
  Device& writable(unsigned sessions, unsigned depth) {
    device(sessions, depth);
    return *writable_;
  }

  BenchCell run(const Workload& workload, const SampleExtents& extents, std::uint64_t& position) {
    BenchCell cell{workload, {}, {}};
    ReadableDevice& opened = device(workload.sessions, workload.depth);
    const auto share = shares_.next(Clock::now());
    const auto most = opened.limits().max_transfer;
    if (workload.request > most) {
      cell.note = fmt::format("the device takes {} at once", format_size(most));
    } else if (share == TimeShares::Duration::zero()) {
      cell.note = "the time limit was reached";
    } else {
      cell.measured = workload.write ? run_workload(*writable_, workload, extents, position, share, moved_)
                                     : run_workload(opened, workload, extents, position, share, moved_);
      if (cell.measured.requests < fewest_requests(workload) || cell.measured.seconds <= 0)
        cell.note = fmt::format("too few requests: {}", cell.measured.requests);
    }
    return cell;
  }

 private:
  void open(unsigned sessions, unsigned depth) {
    if (!options_.open_for_writing) {
      device_ = options_.open(sessions, depth);
      return;
    }
    auto opened = options_.open_for_writing(sessions, depth);
    writable_ = opened.get();
    device_ = std::move(opened);
  }

  const BenchOptions& options_;
  const std::function<void(std::uint64_t)>& moved_;
  TimeShares shares_;
  std::unique_ptr<ReadableDevice> device_;
  Device* writable_ = nullptr;  ///< device_, if it was opened for writing
  unsigned sessions_ = 0, depth_ = 0;
};

// Cells of one direction that are measured once more.
constexpr unsigned kConfirmed = 3;

/// Repeats the measurements that the conclusions rest on, because the fastest of many cells is so partly by
/// chance; the slower result counts.
void confirm(Bench& bench, BenchResult& result, bool write, const SampleExtents& extents,
             std::uint64_t& position) {
  std::vector<const BenchCell*> done;
  for (unsigned i = 0; i < kConfirmed; ++i) {
    const BenchCell* next = i == 1 ? usual_cell(result, write) : best_cell(result, write);
    if (next == nullptr || std::find(done.begin(), done.end(), next) != done.end()) continue;
    done.push_back(next);
    const BenchCell again = bench.run(next->workload, extents, position);
    if (again.rate() && *again.rate() < *next->rate())
      result.cells[static_cast<std::size_t>(next - result.cells.data())] = again;
  }
}

/// Returns the bytes in flight, the load on the target and the network.
std::uint64_t cost(const Workload& workload) {
  return workload.request * workload.in_flight();
}

}  // namespace

std::optional<double> BenchCell::rate() const {
  if (!note.empty()) return std::nullopt;
  return static_cast<double>(measured.bytes) / measured.seconds;
}

std::vector<Workload> bench_workloads(bool write, bool sessions, std::uint32_t block) {
  std::vector<Workload> result;
  const std::uint64_t small = std::max<std::uint64_t>(4 * KiB, block);
  const auto sequential = [&] {
    for (const unsigned count : {1U, 2U, 4U})
      for (const unsigned depth : {1U, 4U, 16U})
        for (const std::uint64_t request : {64 * KiB, 256 * KiB, kMaxSize})
          if (count == 1 || sessions) result.push_back({Pattern::sequential, write, request, depth, count});
  };
  // Random reads need data that were written in sequence before.
  if (write) sequential();
  result.push_back({Pattern::random, write, small, 1, 1});
  if (!write) result.push_back({Pattern::boot, false, std::max<std::uint64_t>(8 * KiB, block), 1, 1});
  result.push_back({Pattern::random, write, small, 32, 1});
  if (!write) sequential();
  return result;
}

BenchResult run_bench(const BenchOptions& options, const std::function<void(const char*)>& phase,
                      const std::function<void(std::uint64_t)>& moved) {
  const auto begun = Clock::now();
  BenchResult result;
  std::uint32_t block = 0;
  const bool write = options.open_for_writing != nullptr;
  {
    const std::unique_ptr<ReadableDevice> first = write ? options.open_for_writing(1, 1) : options.open(1, 1);
    result.device = first->name();
    result.size = first->size();
    result.block = block = first->limits().logical_block;
  }
  if (result.size < 16 * MiB)
    throw Error(Exit::failed, result.device,
                fmt::format("is too small to measure: has {}, and {} are needed", format_size(result.size),
                            format_size(16 * MiB)));
  result.lun = options.sessions;
  const auto reads = bench_workloads(false, options.sessions, block);
  const auto writes = write ? bench_workloads(true, options.sessions, block) : std::vector<Workload>();
  Bench bench(options, static_cast<unsigned>(reads.size() + writes.size()) + kConfirmed * (write ? 2 : 1),
              moved);

  std::uint64_t position = 0;
  if (write) {
    phase("write");
    const SampleExtents all(round_down(std::min(result.size, kMaxWritten), kMaxSize),
                            SampleExtents::Kind::data);
    std::uint64_t reached = 0;  // end of the range that sequential cells have written
    std::uint64_t before = 0;
    for (const Workload& workload : writes) {
      const SampleExtents done(std::max(kMaxSize, round_down(reached, kMaxSize)), SampleExtents::Kind::data);
      const bool in_order = workload.pattern == Pattern::sequential;
      result.cells.push_back(bench.run(workload, in_order ? all : done, position));
      if (!in_order) continue;
      reached = position < before ? all.length() : std::max(reached, position);
      before = position;
    }
    confirm(bench, result, true, all, position);
    const auto flushing = Clock::now();
    flush_wait(bench.writable(1, 32));
    result.flush_seconds = std::chrono::duration<double>(Clock::now() - flushing).count();
    result.wrote = true;
    result.written_bytes = reached;
  }
  phase("read");
  ReadableDevice& device = bench.device(1, 1);
  const SampleExtents extents =
      result.written_bytes >= 16 * kMaxSize
          ? SampleExtents(round_down(result.written_bytes, kMaxSize), SampleExtents::Kind::data)
          : SampleExtents::readable(device, options.time / 10);
  result.read_bytes = extents.length();
  result.read_kind = extents.kind();
  position = 0;
  for (const Workload& workload : reads) result.cells.push_back(bench.run(workload, extents, position));
  confirm(bench, result, false, extents, position);
  result.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return result;
}

const BenchCell* best_cell(const BenchResult& result, bool write) {
  const auto counts = [write](const BenchCell& cell) {
    return cell.workload.pattern == Pattern::sequential && cell.workload.write == write && cell.rate();
  };
  double fastest = 0;
  for (const BenchCell& cell : result.cells)
    if (counts(cell)) fastest = std::max(fastest, *cell.rate());
  const BenchCell* best = nullptr;
  for (const BenchCell& cell : result.cells) {
    if (!counts(cell) || *cell.rate() < 0.95 * fastest) continue;
    if (best == nullptr || cost(cell.workload) < cost(best->workload)) best = &cell;
  }
  return best;
}

const BenchCell* usual_cell(const BenchResult& result, bool write) {
  const BenchCell* usual = nullptr;
  for (const BenchCell& cell : result.cells)
    if (cell.workload.pattern == Pattern::sequential && cell.workload.write == write &&
        cell.workload.request == MiB && cell.workload.in_flight() == 16 && cell.rate() &&
        (usual == nullptr || *cell.rate() > *usual->rate()))
      usual = &cell;
  return usual;
}

}  // namespace san::measure
