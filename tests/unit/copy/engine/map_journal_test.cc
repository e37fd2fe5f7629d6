// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/map_journal.h"

#include <thread>

#include "copy/map_checks.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;
using namespace std::chrono_literals;

namespace {

struct Setting {
  TempDir dir{TempDir::Where::memory};
  std::unique_ptr<CloneMap> map =
      CloneMap::open(dir / "map", {"source", "", {"a", "b"}, MiB + 512, 64 * KiB}, false);
  MapJournal journal{*map, 1};

  /// What the file says of it now.
  std::vector<Slot> slots() {
    map->commit();
    CHECK(count_of(read_map(dir / "map").slots["a"], State::unknown) == 17);
    return read_map(dir / "map").slots["b"];
  }
  std::size_t known() { return 17 - count_of(slots(), State::unknown); }
  void begin_flush() {
    for (const auto end = std::chrono::steady_clock::now() + 10s; !journal.begin_flush();) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(5ms);
    }
  }
};

const Hash128 kHash = data_slot(1).hash;

}  // namespace

TEST_CASE("what was written is entered after a flush that began later, and not before") {
  Setting setting;
  MapJournal& journal = setting.journal;
  journal.written(0, 64 * KiB, kHash);
  CHECK(setting.known() == 0);
  setting.begin_flush();
  CHECK(setting.known() == 0);
  // Written while the flush was under way: it may not be among what was flushed.
  journal.written(64 * KiB, 64 * KiB, kHash);
  CHECK(!journal.begin_flush());
  journal.flushed(true);
  CHECK(setting.slots()[0] == Slot{State::data, kHash});
  CHECK(setting.slots()[1] == Slot{});
  setting.begin_flush();
  journal.flushed(true);
  CHECK(setting.slots()[1] == Slot{State::data, kHash});
  CHECK(setting.known() == 2);
}

TEST_CASE("a flush that failed enters nothing, then or later") {
  Setting setting;
  setting.journal.written(0, 64 * KiB, kHash);
  setting.begin_flush();
  setting.journal.flushed(false);
  CHECK(setting.known() == 0);
  setting.journal.written(64 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  setting.journal.flushed(true);
  CHECK(setting.slots()[0] == Slot{});
  CHECK(setting.known() == 1);
}

TEST_CASE("there is no flush where nothing waits for one, and none soon after another") {
  Setting setting;
  std::this_thread::sleep_for(20ms);
  CHECK(!setting.journal.begin_flush());
  setting.journal.written(0, 64 * KiB, kHash);
  setting.begin_flush();
  setting.journal.flushed(true);
  setting.journal.written(0, 64 * KiB, kHash);
  CHECK(!setting.journal.begin_flush());
}

TEST_CASE("zeros and the last, shorter block") {
  Setting setting;
  setting.journal.written(64 * KiB, 128 * KiB, {});
  setting.journal.written(192 * KiB, 64 * KiB, {});
  setting.journal.written(MiB, 512, {});
  setting.begin_flush();
  setting.journal.flushed(true);
  const auto slots = setting.slots();
  CHECK(count_of(slots, State::zero) == 4);
  for (const std::size_t n : {1, 2, 3, 16}) CHECK(slots[n].state == State::zero);
}

TEST_CASE("what is unknown again is not entered by a flush, whether it waited for it or was under way") {
  Setting setting;
  MapJournal& journal = setting.journal;
  journal.written(0, 320 * KiB, {});
  setting.begin_flush();
  journal.unknown(128 * KiB, 64 * KiB);
  journal.written(320 * KiB, 320 * KiB, {});
  journal.unknown(448 * KiB, 1);  // any byte of it
  journal.flushed(true);
  setting.begin_flush();
  journal.flushed(true);
  const auto slots = setting.slots();
  for (std::size_t n = 0; n < 17; ++n) {
    CAPTURE(n);
    CHECK(slots[n].state == (n < 10 && n != 2 && n != 7 ? State::zero : State::unknown));
  }
  // What is written afterwards counts again.
  journal.written(128 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  journal.flushed(true);
  CHECK(setting.slots()[2].state == State::data);
}

TEST_CASE("the last flush is the only one: nothing is under way when it is over") {
  Setting setting;
  MapJournal& journal = setting.journal;
  journal.written(0, 64 * KiB, kHash);
  std::this_thread::sleep_for(350ms);  // longer than the shortest time between two flushes
  journal.begin_last_flush();
  CHECK(!journal.begin_flush());
  journal.all_flushed();
  CHECK(setting.known() == 1);
  journal.written(64 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  journal.flushed(true);
  CHECK(setting.known() == 2);
}

TEST_CASE("of a device that lies nothing is known, nor ever will be") {
  Setting setting;
  MapJournal& journal = setting.journal;
  journal.written(0, 320 * KiB, {});
  journal.all_flushed();
  CHECK(setting.known() == 5);
  CHECK(!journal.relied_upon());
  journal.written(512 * KiB, 64 * KiB, kHash);
  setting.begin_flush();
  journal.nothing_known();
  // In the file already.
  CHECK(count_of(read_map(setting.dir / "map").slots["b"], State::unknown) == 17);
  journal.flushed(true);
  journal.written(0, 64 * KiB, kHash);
  journal.all_flushed();
  CHECK(setting.known() == 0);
}
