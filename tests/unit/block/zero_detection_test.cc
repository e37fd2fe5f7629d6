// SPDX-License-Identifier: Apache-2.0
#include "block/zero_detection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>

using namespace san;

namespace {

std::vector<Run> split(std::span<const std::byte> buffer, std::size_t granule, std::size_t min_run) {
  std::vector<Run> runs{{99, 99, true}};  // must be thrown away
  zero_runs(buffer, granule, min_run, runs);
  return runs;
}

/// Checks all that zero_runs() promises of its result, except that no zeros are missed.
void check_runs(std::span<const std::byte> buffer, std::size_t granule, std::size_t min_run,
                const std::vector<Run>& runs) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    REQUIRE(runs[i].offset == next);
    REQUIRE(runs[i].length > 0);
    REQUIRE((i == 0 || runs[i].zero != runs[i - 1].zero));
    next += runs[i].length;
    REQUIRE(next <= buffer.size());
    REQUIRE((next == buffer.size() || next % granule == 0));
    if (!runs[i].zero) continue;
    const auto part = buffer.subspan(runs[i].offset, runs[i].length);
    REQUIRE(std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; }));
    REQUIRE((runs[i].length >= min_run || runs[i].length == buffer.size()));
  }
  REQUIRE(next == buffer.size());
}

/// The same result by another way: unit by unit, then merged.
std::vector<Run> slow_split(std::span<const std::byte> buffer, std::size_t granule, std::size_t min_run) {
  std::vector<bool> data(buffer.size(), false);
  for (std::size_t i = 0; i < buffer.size(); ++i)
    if (buffer[i] != std::byte{0})
      for (std::size_t k = i / granule * granule; k < std::min(buffer.size(), (i / granule + 1) * granule);
           ++k)
        data[k] = true;
  const bool any = std::find(data.begin(), data.end(), true) != data.end();
  for (std::size_t i = 0; any && i < data.size();) {
    std::size_t end = i;
    while (end < data.size() && !data[end]) ++end;
    if (end - i < min_run) std::fill(data.begin() + i, data.begin() + end, true);
    i = end + 1;
  }
  std::vector<Run> runs;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (runs.empty() || runs.back().zero == data[i]) runs.push_back({i, 0, !data[i]});
    ++runs.back().length;
  }
  return runs;
}

}  // namespace

TEST_CASE("all_zero sees a single bit at any place of any length and alignment") {
  std::vector<std::byte> buffer(700);
  for (std::size_t start = 0; start < 20; ++start)
    for (std::size_t length : {0, 1, 7, 8, 15, 16, 63, 64, 127, 128, 129, 255, 256, 600}) {
      const std::span<std::byte> part = std::span(buffer).subspan(start, length);
      CHECK(all_zero(part));
      for (std::size_t i = 0; i < length; ++i) {
        part[i] = std::byte{1} << (i % 8);
        REQUIRE_FALSE(all_zero(part));
        part[i] = std::byte{0};
      }
    }
  // What stands beside the part does not count.
  std::fill(buffer.begin(), buffer.end(), std::byte{0xFF});
  std::fill_n(buffer.begin() + 3, 300, std::byte{0});
  CHECK(all_zero(std::span(buffer).subspan(3, 300)));
  CHECK_FALSE(all_zero(std::span(buffer).subspan(2, 300)));
  CHECK_FALSE(all_zero(std::span(buffer).subspan(4, 300)));
}

TEST_CASE("runs of a buffer") {
  std::vector<std::byte> buffer(8 * 4096);
  CHECK(split(buffer, 4096, 4096) == std::vector<Run>{{0, 8 * 4096, true}});
  buffer[4096] = std::byte{1};
  CHECK(split(buffer, 4096, 4096) ==
        std::vector<Run>{{0, 4096, true}, {4096, 4096, false}, {8192, 6 * 4096, true}});
  // A run at the beginning that is too short joins the data behind it.
  CHECK(split(buffer, 4096, 8192) == std::vector<Run>{{0, 8192, false}, {8192, 6 * 4096, true}});
  buffer[4 * 4096] = std::byte{1};
  // One in the middle joins the data of both sides, one at the end that before it.
  CHECK(split(buffer, 4096, 3 * 4096) == std::vector<Run>{{0, 5 * 4096, false}, {5 * 4096, 3 * 4096, true}});
  CHECK(split(buffer, 4096, 4 * 4096) == std::vector<Run>{{0, 8 * 4096, false}});
  CHECK(split(buffer, 4096, 0) == split(buffer, 4096, 1));
}

TEST_CASE("buffers that are short, empty or end within a unit") {
  std::vector<std::byte> buffer(4096 + 512);
  CHECK(split({}, 4096, 4096).empty());
  CHECK(split(std::span(buffer).first(512), 4096, 4096) == std::vector<Run>{{0, 512, true}});
  CHECK(split(buffer, 4096, 1 << 20) == std::vector<Run>{{0, 4608, true}});
  buffer[0] = std::byte{1};
  CHECK(split(buffer, 4096, 512) == std::vector<Run>{{0, 4096, false}, {4096, 512, true}});
  CHECK(split(buffer, 4096, 513) == std::vector<Run>{{0, 4608, false}});
  buffer[0] = std::byte{0};
  buffer[4607] = std::byte{1};
  CHECK(split(buffer, 4096, 4096) == std::vector<Run>{{0, 4096, true}, {4096, 512, false}});
}

TEST_CASE("one byte is never taken for zero, wherever it stands") {
  std::mt19937 random(1);
  constexpr std::size_t kUnit = 4096, kUnits = 8;
  std::vector<std::byte> buffer(kUnits * kUnit);
  std::vector<std::size_t> places;
  for (std::size_t unit = 0; unit < kUnits; ++unit) {
    places.push_back(unit * kUnit);
    places.push_back(unit * kUnit + kUnit - 1);
  }
  for (int i = 0; i < 2000; ++i) places.push_back(random() % buffer.size());
  for (const std::size_t place : places) {
    buffer[place] = std::byte{1} << (random() % 8);
    const auto runs = split(buffer, kUnit, kUnit);
    check_runs(buffer, kUnit, kUnit, runs);
    const auto data = std::find_if(runs.begin(), runs.end(), [](const Run& run) { return !run.zero; });
    REQUIRE(data != runs.end());
    REQUIRE(*data == Run{place / kUnit * kUnit, kUnit, false});
    buffer[place] = std::byte{0};
  }
}

TEST_CASE("runs of random buffers agree with a slow scan") {
  std::mt19937 random(2);
  for (int round = 0; round < 400; ++round) {
    const std::size_t granule = std::size_t{1} << (4 + random() % 6);
    const std::size_t min_run = random() % 4 * granule + random() % 3 * 100;
    std::vector<std::byte> buffer(random() % 6000);
    const std::size_t density = 1 + random() % 40;
    for (std::size_t i = 0; i < density && !buffer.empty(); ++i)
      buffer[random() % buffer.size()] = std::byte{7};
    const auto runs = split(buffer, granule, min_run);
    check_runs(buffer, granule, min_run, runs);
    REQUIRE(runs == slow_split(buffer, granule, min_run));
  }
}
