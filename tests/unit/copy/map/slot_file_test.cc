// SPDX-License-Identifier: Apache-2.0
#include "copy/map/slot_file.h"

#include "copy/map_checks.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;

TEST_CASE("slots are what was set last, in any order, and whatever the window") {
  const TempDir dir(TempDir::Where::memory);
  const MapFile file = MapFile::open(dir / "map");
  constexpr std::uint64_t kCount = 70000;  // more than two windows
  std::vector<Slot> expected(kCount);
  {
    SlotFile slots(file, 100, kCount);
    std::mt19937_64 random(1);
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t first = random() % kCount,
                          length = 1 + random() % std::min<std::uint64_t>(kCount - first, 3000);
      const Slot slot = i % 3 == 0 ? Slot{State::zero, {}} : i % 3 == 1 ? data_slot(random()) : Slot{};
      slots.set(first, length, slot);
      std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(first), length, slot);
      const std::uint64_t look = random() % kCount;
      REQUIRE(slots.get(look) == expected[look]);
    }
    slots.write_back();
  }
  SlotFile again(file, 100, kCount);
  for (std::uint64_t i = 0; i < kCount; ++i) REQUIRE(again.get(i) == expected[i]);
  CHECK(file.size() <= 100 + kCount * kSlotBytes);
}

TEST_CASE("what is behind the end of the file is unknown, and what is beside the slots stays") {
  const TempDir dir(TempDir::Where::memory);
  const MapFile file = MapFile::open(dir / "map");
  const Content frame(100, std::byte{0x5A});
  file.write(0, frame);
  file.write(100 + 10 * kSlotBytes, frame);
  SlotFile slots(file, 100, 10);
  slots.set(9, 1, data_slot(1));
  slots.set(0, 1, {State::zero, {}});
  slots.write_back();
  Content around(100);
  file.read(0, around);
  CHECK(around == frame);
  file.read(100 + 10 * kSlotBytes, around);
  CHECK(around == frame);
  SlotFile behind(file, 1000000, 5);
  CHECK(behind.get(4) == Slot{});
}

TEST_CASE("a byte that is no state is refused") {
  const TempDir dir(TempDir::Where::memory);
  const MapFile file = MapFile::open(dir.file("map", Content(kSlotBytes, std::byte{3})));
  SlotFile slots(file, 0, 1);
  const auto error = error_of([&] { slots.get(0); });
  REQUIRE(error);
  CHECK(error->code() == Exit::refused);
}
