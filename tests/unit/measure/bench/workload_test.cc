// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/workload.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/units.h"
#include "devices/fault_device.h"
#include "devices/memory_device.h"

namespace san {

using namespace san::measure;
namespace {

using Pattern = Workload::Pattern;
constexpr std::chrono::milliseconds kShare{60};

struct Bed {
  std::shared_ptr<MemoryDevice> memory = std::make_shared<MemoryDevice>("m", 32 * MiB);
  FaultDevice device{memory};
  SampleExtents places{32 * MiB, SampleExtents::Kind::data};
  std::uint64_t position = 0;

  Measurement run(const Workload& workload) {
    return run_workload(device, workload, places, position, kShare, {});
  }
  /// A device that answers at once would be asked a million times.
  void slow(FaultDevice::Op op, int ms = 2) {
    device.add({op, FaultDevice::Delay{std::chrono::milliseconds(ms)}});
  }
};

TEST_CASE("sequential reads follow each other, and the next run goes on from there") {
  Bed bed;
  bed.slow(FaultDevice::Op::read);
  const Measurement m = bed.run({Pattern::sequential, false, MiB, 1, 1});
  const auto requests = bed.device.requests();
  REQUIRE(requests.size() > 3);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(requests[i].offset == i * MiB % (32 * MiB));
    CHECK(requests[i].length == MiB);
  }
  CHECK(bed.position % MiB == 0);
  CHECK(m.requests + 1 >= requests.size() - 2);
  CHECK(m.bytes == m.requests * MiB);
  CHECK(m.latency.count() == m.requests);
  CHECK(m.latency.least() >= std::chrono::milliseconds(2));
  CHECK(m.seconds > 0);
  CHECK(m.seconds < 1);
}

TEST_CASE("a device that completes within the call is asked again without an end to the stack") {
  MemoryDevice device("m", 32 * MiB);
  const SampleExtents places(32 * MiB, SampleExtents::Kind::data);
  std::uint64_t position = 0;
  const Measurement m = run_workload(device, {Pattern::random, false, 512, 4, 1}, places, position,
                                     std::chrono::milliseconds(200), {});
  CHECK(m.requests > 1000);
}

TEST_CASE("as many requests are in flight as were wanted") {
  Bed bed;
  bed.slow(FaultDevice::Op::read, 20);
  const Measurement m = bed.run({Pattern::random, false, 4096, 4, 2});
  // 60 ms: eight at once, at 0, 20, 40 ms.
  CHECK(bed.device.requests().size() >= 16);
  CHECK(bed.device.requests().size() <= 32);
  CHECK(m.requests >= 8);
}

TEST_CASE("boot-like reads are runs of 16 at random places") {
  Bed bed;
  bed.slow(FaultDevice::Op::read, 1);
  bed.run({Pattern::boot, false, 8192, 1, 1});
  const auto requests = bed.device.requests();
  REQUIRE(requests.size() > 17);
  std::size_t jumps = 0;
  for (std::size_t i = 1; i < requests.size(); ++i)
    if (requests[i].offset != requests[i - 1].offset + 8192) {
      ++jumps;
      CHECK(i % 16 == 0);
    }
  CHECK(jumps >= 1);
}

TEST_CASE("what is written differs from block to block and from request to request") {
  Bed bed;
  bed.slow(FaultDevice::Op::write);
  bed.run({Pattern::sequential, true, 64 * KiB, 2, 1});
  const auto bytes = bed.memory->bytes();
  std::set<std::string> seen;
  std::size_t blocks = 0;
  for (std::size_t at = 0; at < 256 * KiB; at += 4096) {
    const auto block = bytes.subspan(at, 4096);
    seen.insert(std::string(reinterpret_cast<const char*>(block.data()), block.size()));
    ++blocks;
  }
  CHECK(seen.size() == blocks);
}

TEST_CASE("the same run asks for the same places") {
  const auto offsets = [] {
    Bed bed;
    bed.slow(FaultDevice::Op::read);
    bed.run({Pattern::random, false, 4096, 1, 1});
    std::vector<std::uint64_t> result;
    for (const auto& request : bed.device.requests()) result.push_back(request.offset);
    result.resize(std::min<std::size_t>(result.size(), 5));
    return result;
  };
  CHECK(offsets() == offsets());
}

TEST_CASE("an error ends it") {
  Bed bed;
  bed.slow(FaultDevice::Op::read, 1);
  FaultDevice::Rule rule{FaultDevice::Op::read, FaultDevice::Fail{Error(Exit::failed, "m", "is gone")}};
  rule.skip = 5;
  bed.device.add(rule);
  CHECK_THROWS_WITH_AS(bed.run({Pattern::random, false, 4096, 4, 1}), "m: is gone", Error);
}

}  // namespace
}  // namespace san
