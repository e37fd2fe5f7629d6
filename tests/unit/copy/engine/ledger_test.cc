// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/ledger.h"

#include <thread>

#include "copy/map_checks.h"

using namespace san;
using namespace san::map_format;
using namespace std::chrono_literals;

namespace {

struct Setting {
  TempDir dir{TempDir::Where::memory};
  std::unique_ptr<CloneMap> map =
      CloneMap::open(dir / "map", {"source", "", {"a", "b"}, MiB + 512, 64 * KiB}, false);
  Ledger ledger{*map, 1};

  /// What the file says of it now.
  std::vector<Slot> slots() {
    map->commit();
    CHECK(count_of(read_map(dir / "map").slots["a"], State::unknown) == 17);
    return read_map(dir / "map").slots["b"];
  }
  std::size_t known() { return 17 - count_of(slots(), State::unknown); }
  void begin_flush() {
    for (const auto end = std::chrono::steady_clock::now() + 10s; !ledger.begin_flush();) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(5ms);
    }
  }
};

const Hash128 kHash = data_slot(1).hash;

}  // namespace

TEST_CASE("what was written is entered after a flush that began later, and not before") {
  Setting setting;
  Ledger& ledger = setting.ledger;
  ledger.written(0, 64 * KiB, kHash);
  CHECK(setting.known() == 0);
  setting.begin_flush();
  CHECK(setting.known() == 0);
  // Written while the flush was under way: it may not be among what was flushed.
  ledger.written(64 * KiB, 64 * KiB, kHash);
  CHECK(!ledger.begin_flush());
  ledger.flushed(true);
  CHECK(setting.slots()[0] == Slot{State::data, kHash});
  CHECK(setting.slots()[1] == Slot{});
  setting.begin_flush();
  ledger.flushed(true);
  CHECK(setting.slots()[1] == Slot{State::data, kHash});
  CHECK(setting.known() == 2);
}

TEST_CASE("a flush that failed enters nothing, then or later") {
  Setting setting;
  setting.ledger.written(0, 64 * KiB, kHash);
  setting.begin_flush();
  setting.ledger.flushed(false);
  CHECK(setting.known() == 0);
  setting.ledger.written(64 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  setting.ledger.flushed(true);
  CHECK(setting.slots()[0] == Slot{});
  CHECK(setting.known() == 1);
}

TEST_CASE("there is no flush where nothing waits for one, and none soon after another") {
  Setting setting;
  std::this_thread::sleep_for(20ms);
  CHECK(!setting.ledger.begin_flush());
  setting.ledger.written(0, 64 * KiB, kHash);
  setting.begin_flush();
  setting.ledger.flushed(true);
  setting.ledger.written(0, 64 * KiB, kHash);
  CHECK(!setting.ledger.begin_flush());
}

TEST_CASE("zeros and the last, shorter block") {
  Setting setting;
  setting.ledger.written(64 * KiB, 128 * KiB, {});
  setting.ledger.written(192 * KiB, 64 * KiB, {});
  setting.ledger.written(MiB, 512, {});
  setting.begin_flush();
  setting.ledger.flushed(true);
  const auto slots = setting.slots();
  CHECK(count_of(slots, State::zero) == 4);
  for (const std::size_t n : {1, 2, 3, 16}) CHECK(slots[n].state == State::zero);
}

TEST_CASE("what is unknown again is not entered by a flush, whether it waited for it or was under way") {
  Setting setting;
  Ledger& ledger = setting.ledger;
  ledger.written(0, 320 * KiB, {});
  setting.begin_flush();
  ledger.unknown(128 * KiB, 64 * KiB);
  ledger.written(320 * KiB, 320 * KiB, {});
  ledger.unknown(448 * KiB, 1);  // any byte of it
  ledger.flushed(true);
  setting.begin_flush();
  ledger.flushed(true);
  const auto slots = setting.slots();
  for (std::size_t n = 0; n < 17; ++n) {
    CAPTURE(n);
    CHECK(slots[n].state == (n < 10 && n != 2 && n != 7 ? State::zero : State::unknown));
  }
  // What is written afterwards counts again.
  ledger.written(128 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  ledger.flushed(true);
  CHECK(setting.slots()[2].state == State::data);
}

TEST_CASE("the last flush is the only one: nothing is under way when it is over") {
  Setting setting;
  Ledger& ledger = setting.ledger;
  ledger.written(0, 64 * KiB, kHash);
  std::this_thread::sleep_for(350ms);  // longer than the shortest time between two flushes
  ledger.begin_last_flush();
  CHECK(!ledger.begin_flush());
  ledger.all_flushed();
  CHECK(setting.known() == 1);
  ledger.written(64 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  ledger.flushed(true);
  CHECK(setting.known() == 2);
}

TEST_CASE("of a device that lies nothing is known, nor ever will be") {
  Setting setting;
  Ledger& ledger = setting.ledger;
  ledger.written(0, 320 * KiB, {});
  ledger.all_flushed();
  CHECK(setting.known() == 5);
  CHECK(!ledger.relied_upon());
  ledger.written(512 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  ledger.nothing_known();
  // In the file already.
  CHECK(count_of(read_map(setting.dir / "map").slots["b"], State::unknown) == 17);
  ledger.flushed(true);
  ledger.written(0, 64 * KiB, kHash);
  ledger.all_flushed();
  CHECK(setting.known() == 0);
}
