// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/bitmap.h"

#include <doctest/doctest.h>

#include <random>
#include <utility>
#include <vector>

using Runs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

namespace {

Runs clear_runs(const std::vector<std::byte>& bytes, std::uint64_t bits, std::uint64_t expected) {
  Runs runs;
  const std::uint64_t clear = san::filesystem::for_each_clear_run(
      bytes, bits, [&](std::uint64_t first, std::uint64_t count) { runs.emplace_back(first, count); });
  CHECK(clear == expected);
  return runs;
}

}  // namespace

TEST_CASE("clear runs: ends and whole words") {
  CHECK(clear_runs({}, 10, 0).empty());
  CHECK(clear_runs(std::vector<std::byte>(16), 128, 128) == Runs{{0, 128}});
  CHECK(clear_runs(std::vector<std::byte>(16), 100, 100) == Runs{{0, 100}});
  CHECK(clear_runs(std::vector<std::byte>(16, std::byte{0xff}), 128, 0).empty());
  CHECK(clear_runs({std::byte{0xfe}, std::byte{0x7f}}, 16, 2) == Runs{{0, 1}, {15, 1}});
  CHECK(clear_runs({std::byte{0xfe}, std::byte{0x7f}}, 15, 1) == Runs{{0, 1}});
  // What the bytes do not cover is not free.
  CHECK(clear_runs({std::byte{0xf0}}, 64, 4) == Runs{{0, 4}});
}

TEST_CASE("clear runs: the same as bit by bit") {
  std::mt19937 random(1);
  for (int turn = 0; turn < 300; ++turn) {
    std::vector<std::byte> bytes(random() % 40);
    for (std::byte& byte : bytes) {
      const unsigned kind = random() % 4;
      byte = std::byte{static_cast<std::uint8_t>(kind == 0 ? 0 : kind == 1 ? 0xff : random())};
    }
    const std::uint64_t bits = bytes.empty() ? 0 : random() % (bytes.size() * 8 + 1);
    Runs expected;
    std::uint64_t clear = 0;
    for (std::uint64_t bit = 0; bit < bits; ++bit) {
      if ((std::to_integer<unsigned>(bytes[bit / 8]) >> (bit % 8) & 1) != 0) continue;
      ++clear;
      if (!expected.empty() && expected.back().first + expected.back().second == bit)
        ++expected.back().second;
      else
        expected.emplace_back(bit, 1);
    }
    CHECK(clear_runs(bytes, bits, clear) == expected);
  }
}
