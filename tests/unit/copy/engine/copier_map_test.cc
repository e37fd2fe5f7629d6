// SPDX-License-Identifier: Apache-2.0
// A Copier with a clone map: what is written, what is left alone, and what the map says meanwhile.
#include "copy/map_bench.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;
using Op = FaultDevice::Op;

namespace {

/// 4 MiB and a bit of data, with zeros here and there.
Content a_disk() {
  Content content = bootable_disk(4 * MiB + 12288);
  std::fill_n(content.begin() + 1536 * KiB, 300 * KiB, std::byte{0});
  std::fill_n(content.begin() + 3 * MiB, 512 * KiB, std::byte{0});
  return content;
}

FaultDevice::Fail broken() {
  return {Error(Exit::failed, "lun 0", "is broken")};
}

/// Changes `length` bytes at `offset`.
void scribble(Content& content, std::uint64_t offset, std::uint64_t length) {
  for (std::uint64_t i = 0; i < length; ++i) content[offset + i] ^= std::byte{0x5A};
}

/// Bytes of the writes and zeros of the last run that touch [from, to).
std::uint64_t touched(const MapBench& bench, std::uint64_t from, std::uint64_t to, std::size_t i = 0) {
  std::uint64_t sum = 0;
  for (const auto& request : bench.requests[i])
    if ((request.op == Op::write || request.op == Op::zero || request.op == Op::unmap) &&
        request.offset < to && request.offset + request.length > from)
      sum += request.length;
  return sum;
}

const unsigned kThreads[] = {0, 3};

}  // namespace

TEST_CASE("a new clone writes everything, and its map knows all of it") {
  for (const unsigned threads : kThreads) {
    MapBench bench(a_disk(), 2, threads);
    const auto run = bench.run();
    REQUIRE(run.good());
    CHECK(run.decisions[0].state == DeltaDecision::State::fresh);
    CHECK(bench.identical(0));
    CHECK(bench.identical(1));
    CHECK(run.bytes(0).written + run.bytes(0).unmapped == bench.content.size());
    CHECK(run.bytes(1).skipped == 0);
    CHECK(bench.complete());
    CHECK(bench.honest());
    CHECK(bench.written_though_known == 0);
  }
}

TEST_CASE("where nothing has changed, nothing is written") {
  for (const unsigned threads : kThreads)
    for (const DeltaMode mode : {DeltaMode::automatic, DeltaMode::compare, DeltaMode::trust}) {
      MapBench bench(a_disk(), 1, threads);
      REQUIRE(bench.run().good());
      bench.options.verify = mode == DeltaMode::compare ? VerifyMode::full : VerifyMode::none;
      const auto run = bench.run(mode);
      REQUIRE(run.good());
      CHECK(run.decisions[0].state == DeltaDecision::State::finished);
      CHECK(bench.changed() == 0);
      CHECK(run.bytes().written + run.bytes().unmapped == 0);
      CHECK(run.bytes().skipped == bench.content.size());
      const std::uint64_t compared = run.result.destinations[0].compared;
      CHECK((mode == DeltaMode::trust ? compared == MiB : compared >= bench.content.size() - 2 * MiB));
      if (mode == DeltaMode::compare) CHECK(run.result.destinations[0].verified == bench.content.size());
      CHECK(bench.complete());
    }
}

TEST_CASE("a delta writes what has changed, in units of 4 KiB") {
  for (const unsigned threads : kThreads) {
    MapBench bench(a_disk(), 2, threads);
    REQUIRE(bench.run().good());
    scribble(bench.content, 2 * MiB + 5, 1);
    scribble(bench.content, 2 * MiB + 200 * KiB, 8192);
    scribble(bench.content, 4 * MiB + 12287, 1);
    std::fill_n(bench.content.begin() + 2560 * KiB, 16384, std::byte{0});
    const auto run = bench.run(DeltaMode::trust);
    REQUIRE(run.good());
    for (const std::size_t i : {0U, 1U}) {
      CHECK(bench.identical(i));
      // Besides, the head is removed and written again.
      CHECK(run.bytes(i).written + run.bytes(i).unmapped == 4096 + 8192 + 4096 + 16384 + MiB);
      CHECK(touched(bench, 2 * MiB, 2 * MiB + 64 * KiB, i) == 4096);
      CHECK(run.bytes(i).written + run.bytes(i).unmapped + run.bytes(i).skipped == bench.content.size());
    }
    CHECK(bench.complete());
    CHECK(bench.honest());
    CHECK(bench.written_though_known == 0);
  }
}

TEST_CASE("holes of the source: what was data becomes zeros, and stays the second time") {
  for (const unsigned threads : kThreads) {
    MapBench bench(a_disk(), 1, threads);
    REQUIRE(bench.run().good());
    std::fill_n(bench.content.begin() + 2 * MiB, MiB + 20480, std::byte{0});
    bench.holes = {{2 * MiB, MiB + 20480, Extent::Kind::zero}};
    const auto run = bench.run(DeltaMode::trust);
    REQUIRE(run.good());
    CHECK(bench.identical());
    CHECK(bench.complete());
    CHECK(bench.honest());
    REQUIRE(bench.run(DeltaMode::trust).good());
    CHECK(bench.changed() == 0);
    scribble(bench.content, 2 * MiB + 100000, 1);  // and data again
    bench.holes.clear();
    REQUIRE(bench.run(DeltaMode::trust).good());
    CHECK(bench.identical());
    CHECK(bench.written_though_known == 0);
  }
}

TEST_CASE("only the head has changed: all of it is there afterwards") {
  for (const unsigned threads : kThreads)
    for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{446}, 500 * KiB, MiB - 1}) {
      MapBench bench(a_disk(), 1, threads);
      REQUIRE(bench.run().good());
      scribble(bench.content, place, 1);
      REQUIRE(bench.run(DeltaMode::trust).good());
      REQUIRE(bench.identical());
      CHECK(bench.complete());
      CHECK(bench.honest());
      CHECK(bench.written_though_known == 0);
      CHECK(touched(bench, MiB, bench.content.size()) == 0);
    }
}

TEST_CASE("a delta removes the head before it overwrites anything else, and the map knows") {
  MapBench bench(a_disk(), 1);
  REQUIRE(bench.run().good());
  scribble(bench.content, 2 * MiB, 1);
  bool first = true;
  const auto run = bench.run(DeltaMode::trust, [&](std::size_t, CrashDevice& device, FaultDevice&) {
    device.before = [&](const CrashDevice::Request& request) {
      bench.look(0, request);
      const auto slots = bench.slots();
      CHECK(std::all_of(slots.begin(), slots.begin() + 16,
                        [](const Slot& slot) { return slot.state == State::unknown; }));
      if (request.offset >= MiB) CHECK(boot_region_is_hidden(device.content()));
      if (first) CHECK(request.offset < MiB);
      first = false;
    };
  });
  REQUIRE(run.good());
  CHECK(!first);
  CHECK(bench.written_though_known == 0);
}

TEST_CASE("a disk without a partition table is hidden as well: it could be mounted as it is") {
  Content content = random_bytes(3 * MiB, 4);
  content[510] = std::byte{0};
  MapBench bench(content, 1);
  REQUIRE(bench.run().good());
  scribble(bench.content, 2 * MiB, 1);
  const auto run = bench.run(DeltaMode::trust, [](std::size_t, CrashDevice&, FaultDevice& fault) {
    fault.add({.op = Op::write, .effect = broken(), .offset = 2 * MiB, .length = 1});
  });
  CHECK(!run.good());
  CHECK(boot_region_is_hidden(bench.disks[0]));
}

TEST_CASE("after a failing write in the middle, the next run writes only what is missing") {
  for (const unsigned threads : kThreads) {
    Content content = bootable_disk(16 * MiB);
    MapBench bench(content, 1, threads);
    // Late enough for a flush to have come before.
    const auto slow = [](std::size_t, CrashDevice&, FaultDevice& fault) {
      fault.add({.op = Op::write,
                 .effect = FaultDevice::Delay{std::chrono::milliseconds(800)},
                 .offset = 8 * MiB,
                 .length = 1});
      fault.add({.op = Op::write, .effect = broken(), .offset = 12 * MiB, .length = 1});
    };
    bench.options.memory = MiB;
    bench.options.rate = 8 * MiB;
    const auto failed = bench.run(DeltaMode::automatic, slow);
    CHECK(!failed.good());
    CHECK(!bootable(bench.disks[0]));
    CHECK(bench.honest());
    const std::size_t unknown = count_of(bench.slots(), State::unknown);
    CHECK(unknown < 256);       // some, even on a slow machine
    CHECK(unknown >= 16 + 64);  // the head, and what comes from the failure on
    bench.options.rate = 0;
    const auto run = bench.run();
    REQUIRE(run.good());
    CHECK(run.decisions[0].state == DeltaDecision::State::unfinished);
    CHECK(run.bytes().written == unknown * 64 * KiB);
    CHECK(run.bytes().skipped == bench.content.size() - unknown * 64 * KiB);
    CHECK(bench.identical());
    CHECK(bench.complete());
    CHECK(bench.written_though_known == 0);
  }
}

TEST_CASE("one of two destinations fails: each has its own place in the map") {
  for (const unsigned threads : kThreads) {
    MapBench bench(a_disk(), 2, threads);
    const auto bad = [](std::size_t i, CrashDevice&, FaultDevice& fault) {
      if (i == 0) fault.add({.op = Op::write, .effect = broken(), .offset = 2 * MiB, .length = 1});
    };
    CHECK(!bench.run(DeltaMode::automatic, bad).good());
    CHECK(bench.honest());
    CHECK(count_of(bench.slots(1), State::unknown) == 0);
    CHECK(count_of(bench.slots(0), State::unknown) > 0);
    REQUIRE(bench.run(DeltaMode::trust).good());
    CHECK(bench.changed(1) == 0);
    CHECK(bench.identical(0));
    CHECK(bench.identical(1));
    CHECK(bench.complete());
    CHECK(bench.written_though_known == 0);
  }
}

TEST_CASE("doubtful ranges are read back and mended") {
  for (const unsigned threads : kThreads)
    for (const bool verify : {false, true}) {
      MapBench bench(a_disk(), 1, threads);
      bench.options.verify = verify ? VerifyMode::full : VerifyMode::none;
      REQUIRE(bench.run().good());
      scribble(bench.disks[0], 2 * MiB + 70000, 1);
      scribble(bench.disks[0], 3 * MiB + 100, 1);  // zeros
      if (!verify) {
        // The user's word is taken, except for the head, which is always looked at.
        REQUIRE(bench.run(DeltaMode::trust).good());
        CHECK(!bench.identical());
      }
      scribble(bench.disks[0], 446, 1);
      const auto run = bench.run(DeltaMode::compare);
      REQUIRE(run.good());
      CHECK(bench.identical());
      CHECK(bench.complete());
      CHECK(bench.honest());
      CHECK(run.bytes().written <= 4096 + 64 * KiB + MiB);
    }
}

TEST_CASE("a doubt outlives a run that could not settle it") {
  MapBench bench(a_disk(), 1);
  REQUIRE(bench.run().good());
  scribble(bench.disks[0], 4 * MiB, 1);  // somebody used the disk
  scribble(bench.content, 2 * MiB, 1);
  const auto run = bench.run(DeltaMode::compare, [](std::size_t, CrashDevice&, FaultDevice& fault) {
    fault.add({.op = Op::write, .effect = broken(), .offset = 2 * MiB, .length = 1});
    fault.add(
        {.op = Op::read, .effect = FaultDevice::Delay{std::chrono::milliseconds(300)}, .offset = 3 * MiB});
  });
  CHECK(!run.good());
  CHECK(bench.honest());
  REQUIRE(bench.run(DeltaMode::trust).good());
  CHECK(bench.identical());
}

TEST_CASE("an unfinished map is not believed where a sample shows another disk under the same name") {
  MapBench bench(bootable_disk(8 * MiB), 1);
  const auto bad = [](std::size_t, CrashDevice&, FaultDevice& fault) {
    fault.add({.op = Op::write, .effect = broken(), .offset = 6 * MiB, .length = 1});
  };
  bench.options.memory = 0;
  bench.options.rate = 4 * MiB;
  CHECK(!bench.run(DeltaMode::automatic, bad).good());
  REQUIRE(count_of(bench.slots(), State::data) > 0);
  bench.disks[0].assign(bench.content.size(), std::byte{0});  // made anew
  bench.options.rate = 0;
  const auto run = bench.run();
  REQUIRE(run.good());
  CHECK(run.decisions[0].state == DeltaDecision::State::unfinished);
  CHECK(run.decisions[0].parts.size() == 1);
  CHECK(bench.identical());
  CHECK(bench.honest());
}

TEST_CASE("a device that lies about unmapped blocks leaves a map that knows nothing of it") {
  for (const unsigned threads : kThreads) {
    const LogCapture log;
    MapBench bench(a_disk(), 1, threads);
    const auto lies = [](std::size_t, CrashDevice& device, FaultDevice&) { device.unmap_keeps_data = true; };
    REQUIRE(bench.run(DeltaMode::automatic, lies).good());
    CHECK(bench.identical());
    CHECK(count_of(bench.slots(), State::unknown) == bench.slots().size());
    CHECK(bench.written_though_known == 0);
    CHECK(log.warnings().size() == 1);
  }
}

TEST_CASE(
    "a device that turns out to lie after an earlier run relied on it: the run fails, the next is right") {
  for (const unsigned threads : kThreads) {
    const LogCapture log;
    MapBench bench(a_disk(), 1, threads);
    REQUIRE(bench.run().good());
    std::fill_n(bench.content.begin() + 2 * MiB, 256 * KiB, std::byte{0});
    const auto lies = [](std::size_t, CrashDevice& device, FaultDevice&) {
      device.unmap_keeps_data = true;
      device.knows_extents = false;
    };
    const auto run = bench.run(DeltaMode::trust, lies);
    REQUIRE(!run.good());
    CHECK(run.result.destinations[0].error->cause().find("LBPRZ") != std::string::npos);
    CHECK(count_of(bench.slots(), State::unknown) == bench.slots().size());
    REQUIRE(bench.run(DeltaMode::trust, lies).good());
    CHECK(bench.identical());
  }
}

TEST_CASE("zeros that are left out are not entered") {
  MapBench bench(a_disk(), 1);
  bench.options.zero = ZeroPolicy::skip;
  REQUIRE(bench.run().good());
  CHECK(!bench.identical());
  CHECK(bench.honest());
}

TEST_CASE("verification with a map: what was skipped is read back too, and what is wrong is mended") {
  for (const VerifyMode verify : {VerifyMode::full, VerifyMode::written, VerifyMode::sample}) {
    MapBench bench(a_disk(), 1, 3);
    bench.options.verify = verify;
    REQUIRE(bench.run().good());
    CHECK(bench.complete());
    scribble(bench.disks[0], 2 * MiB + 70000, 1);
    const auto run = bench.run(DeltaMode::trust);
    REQUIRE(run.good());
    CHECK(bench.identical() == (verify == VerifyMode::full));
    CHECK(bench.written_though_known == 0);
    if (verify != VerifyMode::full) continue;
    CHECK(run.result.destinations[0].rewritten.size() == 1);
    CHECK(run.result.destinations[0].verified == bench.content.size() + 0);
    CHECK(bench.complete());
    CHECK(bench.honest());
  }
}

TEST_CASE("what stays wrong is unknown, and so is the head, which is removed") {
  for (const unsigned threads : kThreads) {
    MapBench bench(a_disk(), 1, threads);
    REQUIRE(bench.run().good());
    scribble(bench.content, 2 * MiB, 1);
    bench.options.verify = VerifyMode::full;
    const auto run = bench.run(DeltaMode::trust, [](std::size_t, CrashDevice&, FaultDevice& fault) {
      fault.add({.op = Op::read, .effect = FaultDevice::Corrupt{.offset = 2 * MiB}});
    });
    CHECK(!run.good());
    CHECK(!run.result.destinations[0].mismatches.empty());
    CHECK(!bootable(bench.disks[0]));
    CHECK(bench.slots()[32].state == State::unknown);
    CHECK(bench.slots()[0].state == State::unknown);
    CHECK(bench.honest());
    REQUIRE(bench.run(DeltaMode::trust).good());
    CHECK(bench.identical());
  }
}

TEST_CASE("a flush that fails at the end: the head that is removed is unknown") {
  for (const unsigned threads : kThreads)
    for (const std::uint64_t number : {0U, 1U, 2U}) {
      MapBench bench(a_disk(), 1, threads);
      REQUIRE(bench.run().good());
      const auto run = bench.run(DeltaMode::trust, [&](std::size_t, CrashDevice&, FaultDevice& fault) {
        fault.add({.op = Op::flush, .effect = broken(), .skip = number, .count = 1});
      });
      CHECK(bench.honest());
      CHECK(bench.written_though_known == 0);
      REQUIRE(bench.run(DeltaMode::trust).good());
      CHECK(bench.identical());
    }
}

TEST_CASE("blocks larger than the head, and a disk smaller than either") {
  for (const std::uint64_t block : {std::uint64_t{4096}, MiB, 2 * MiB, 8 * MiB})
    for (const std::uint64_t size : {std::uint64_t{512}, 700 * KiB + 512, MiB, 5 * MiB + 512}) {
      CAPTURE(block);
      CAPTURE(size);
      MapBench bench(bootable_disk(size), 1, 2);
      bench.options.block = block;
      REQUIRE(bench.run().good());
      REQUIRE(bench.identical());
      CHECK(bench.complete());
      scribble(bench.content, size - 1, 1);
      REQUIRE(bench.run(DeltaMode::trust).good());
      REQUIRE(bench.identical());
      CHECK(bench.complete());
      CHECK(bench.honest());
      CHECK(bench.written_though_known == 0);
    }
}

TEST_CASE(
    "a head of which the map knows a part, as a killed run may leave it, is unknown before it is removed") {
  MapBench bench(a_disk(), 1);
  REQUIRE(bench.run().good());
  {
    const auto map = CloneMap::open(bench.path(), bench.subject(), false);
    map->add({0, 1, 1, {}});
    map->add({0, 40, 1, {}});
    map->commit();
  }
  const auto run = bench.run(DeltaMode::trust, [](std::size_t, CrashDevice&, FaultDevice& fault) {
    fault.add({.op = Op::write, .effect = broken(), .offset = MiB});
  });
  CHECK(!run.good());
  CHECK(!bootable(bench.disks[0]));
  CHECK(bench.honest());
  CHECK(bench.written_though_known == 0);
  REQUIRE(bench.run(DeltaMode::trust).good());
  CHECK(bench.identical());
}
