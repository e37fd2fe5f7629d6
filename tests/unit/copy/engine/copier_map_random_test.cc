// SPDX-License-Identifier: Apache-2.0
// Whatever happens to a clone with a map, its last run ends identical, and the map never says what is not so.
#include <csignal>

#include "copy/map_bench.h"
#include "core/process/interrupt.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;
using Op = FaultDevice::Op;
using Random = std::mt19937_64;

namespace {

template <typename T>
T pick(Random& random, std::initializer_list<T> from) {
  return *(from.begin() + random() % from.size());
}

void change(Content& content, Random& random) {
  for (std::uint64_t n = random() % 4; n > 0; --n) {
    const std::uint64_t at = random() % content.size(),
                        length = 1 + random() % std::min<std::uint64_t>(content.size() - at, 200000);
    const auto place = content.begin() + static_cast<std::ptrdiff_t>(at);
    if (random() % 2 == 0)
      std::fill_n(place, length, std::byte{0});
    else
      std::generate_n(place, length, [&] { return static_cast<std::byte>(random()); });
  }
}

/// Holes of 4 KiB granules, as a file has them; some are not told.
std::vector<Extent> holes_of(const Content& content, Random& random) {
  std::vector<Extent> holes;
  for (std::uint64_t at = 0; at + 4096 <= content.size(); at += 4096) {
    if (!all_zero(std::span(content).subspan(at, 4096)) || random() % 50 == 0) continue;
    if (!holes.empty() && holes.back().end() == at)
      holes.back().length += 4096;
    else
      holes.push_back({at, 4096, Extent::Kind::zero});
  }
  return holes;
}

enum class Fate { none, error, power, interrupt };

void trial(unsigned seed) {
  Random random(seed);
  Content content =
      bootable_disk(512 * (1 + random() % pick<std::uint64_t>(random, {1000, 5000, 7000})), seed);
  for (int i = 0; i < 3; ++i) change(content, random);
  MapBench bench(content, random() % 3 == 0 ? 2 : 1, random() % 3 == 0 ? 0 : 3);
  bench.seed = seed * 1000;
  bench.options.block = pick<std::uint64_t>(random, {4096, 64 * KiB, 256 * KiB, 2 * MiB});
  bench.options.memory = pick<std::uint64_t>(random, {0, MiB, 48 * MiB});
  Limits limits = MemoryDevice("", 512).limits();
  limits.unmap_guaranteed = random() % 2 == 0;
  limits.unmap_granularity = pick<std::uint64_t>(random, {0, 4096, 64 * KiB});
  limits.max_unmap = limits.unmap_granularity * 16;
  limits.max_transfer = 8 * MiB;
  bench.limits = limits;
  bool used = false;
  const int rounds = 2 + static_cast<int>(random() % 4);
  for (int round = 0; round <= rounds; ++round) {
    CAPTURE(round);
    if (random() % 2 == 0) change(bench.content, random);
    bench.holes = random() % 2 == 0 ? holes_of(bench.content, random) : std::vector<Extent>();
    bench.options.verify =
        pick(random, {VerifyMode::none, VerifyMode::none, VerifyMode::full, VerifyMode::written});
    bench.options.zero = pick(random, {ZeroPolicy::prove, ZeroPolicy::prove, ZeroPolicy::write});
    // With a rate there is time for flushes in between.
    bench.options.rate = random() % 6 == 0 ? 3 * MiB : 0;
    const Fate fate =
        round == rounds ? Fate::none
                        : pick(random, {Fate::none, Fate::error, Fate::power, Fate::power, Fate::interrupt});
    const std::uint64_t when = random() % pick<std::uint64_t>(random, {8, 40, 200});
    const bool known_head = round > 0 && bench.slots()[0].state != State::unknown;
    // Somebody uses a disk that looks complete.
    if (known_head && random() % 3 == 0) {
      change(bench.disks[0], random);
      used = true;
    }
    const DeltaMode mode = used ? DeltaMode::compare
                                : pick(random, {DeltaMode::automatic, DeltaMode::trust, DeltaMode::compare});
    CAPTURE(used);
    CAPTURE(static_cast<int>(fate));
    CAPTURE(static_cast<int>(mode));
    const Interrupt interrupt;
    const auto run = bench.run(mode, [&](std::size_t i, CrashDevice& device, FaultDevice&) {
      if (i != 0) return;
      if (fate == Fate::error) device.fails = when;
      if (fate == Fate::power && bench.disks.size() == 1) device.lives = when;
      if (fate == Fate::interrupt)
        device.before = [&](const CrashDevice::Request& request) {
          bench.look(0, request);
          if (device.changes() == when) std::raise(SIGINT);
        };
    });
    // Written by the map's word that nobody knows the place.
    REQUIRE(bench.written_though_known == 0);
    if (run.good()) {
      used = false;
      REQUIRE(bench.identical());
      REQUIRE(bench.identical(bench.disks.size() - 1));
      REQUIRE(bench.complete());
    } else {
      REQUIRE(fate != Fate::none);
    }
    // The head that a user changed is looked at by every run, and the map knows the old one until then.
    REQUIRE(bench.honest(used ? bench.head() : 0));
    if (used && bench.slots()[0].state == State::unknown) used = false;
  }
}

}  // namespace

TEST_CASE("random sources, faults and power failures") {
  const char* wanted = std::getenv("SANBOOT_SEEDS");
  const unsigned seeds = wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 100;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    trial(seed);
  }
}
