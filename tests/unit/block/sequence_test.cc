// SPDX-License-Identifier: Apache-2.0
#include "block/sequence.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"

using namespace san;

namespace {

const std::byte kData[64] = {};

Sequence::Item item(std::uint64_t offset, std::uint64_t length, int* done, const std::byte* data = kData) {
  return {offset, length, data, [done](const Error*) { ++*done; }};
}

}  // namespace

TEST_CASE("requests come out in ascending order, whatever order they went in") {
  Sequence sequence;
  int done = 0;
  sequence.add("x", item(8, 8, &done));
  CHECK(sequence.front() == nullptr);
  sequence.add("x", item(16, 4, &done, nullptr));
  sequence.add("x", item(0, 8, &done));
  REQUIRE(sequence.front() != nullptr);
  CHECK(sequence.front()->offset == 0);
  REQUIRE(sequence.take(8).has_value());
  CHECK(sequence.position() == 8);
  CHECK_FALSE(sequence.take(3).has_value());
  REQUIRE(sequence.front() != nullptr);
  CHECK(sequence.front()->offset == 11);
  CHECK(sequence.front()->length == 5);
  CHECK(sequence.front()->data == kData + 3);
  CHECK(sequence.take(5).has_value());
  CHECK(sequence.front()->data == nullptr);
  CHECK(sequence.take(4).has_value());
  CHECK(sequence.empty());
  CHECK(done == 0);  // completing is up to the device
}

TEST_CASE("no byte is taken twice") {
  Sequence sequence;
  int done = 0;
  sequence.add("disk.zst", item(0, 8, &done));
  sequence.take(8);
  sequence.add("disk.zst", item(16, 8, &done));
  for (const auto& [offset, length] : {std::pair(0, 8), {4, 8}, {16, 8}, {12, 8}, {23, 4}, {8, 64}}) {
    const auto error = error_of([&, o = offset, l = length] { sequence.add("disk.zst", item(o, l, &done)); });
    REQUIRE(error.has_value());
    CHECK(error->object() == "disk.zst");
  }
  sequence.add("disk.zst", item(24, 8, &done));
  CHECK(sequence.clear().size() == 2);
  CHECK(sequence.empty());
}
