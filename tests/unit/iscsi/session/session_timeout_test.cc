// SPDX-License-Identifier: Apache-2.0
// Targets that say nothing, or too little, for a long time.
#include <doctest/doctest.h>

#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;

namespace {

/// Drives the session until the queue has been stopped. Returns how long that took, in milliseconds.
std::int64_t run_to_the_end(SessionBench& bench) {
  const auto begin = bench.clock.now();
  while (bench.step()) REQUIRE(bench.since(begin) < 200'000);
  bench.sessions[0]->end();
  return bench.since(begin);
}

}  // namespace

TEST_CASE("a silent target: another session after 15 s, and after 45 s everything ends with one text") {
  SessionBench bench;
  bench.add({}, 2);
  bench.target.at_login = [](Link& link) { link.answers_pings = false; };
  bench.writes(5);
  const auto took = run_to_the_end(bench);
  CHECK(took >= 45'000);
  CHECK(took <= 45'500);
  CHECK(bench.target.tried == 3);
  const auto second = bench.target.links[1]->made - bench.target.links[0]->made;
  CHECK(second > 15s);
  CHECK(second < 16s);
  for (const Ended& one : bench.ended) {
    CHECK(one.times == 1);
    CHECK(one.gave_up ==
          "lun: no progress for 45 s: no answer; pending: write and 4 more; check the target and the "
          "network, then start again");
  }
  for (const auto& link : bench.target.links) CHECK_FALSE(link->logged_out);
  // What comes later ends at once.
  CHECK(bench.write().gave_up == bench.ended[0].gave_up);
}

TEST_CASE("a target that answers pings and no command has lost the command after 30 s") {
  SessionBench bench;
  bench.add();
  Ended& write = bench.write();
  SUBCASE("and answers it when it is sent again") {
    bench.run_for(29'500ms);
    CHECK(bench.link().open);
    CHECK(bench.link().pings >= 4);
    bench.run_for(1s);
    CHECK(bench.target.tried == 2);
    bench.link().answer(good());
    bench.step();
    CHECK(write.ok());
  }
  SUBCASE("and does not, again") {
    const auto took = run_to_the_end(bench);
    CHECK(took >= 45'000);
    CHECK(took <= 45'500);
    CHECK(bench.target.tried == 2);
    CHECK(write.times == 1);
    CHECK(write.gave_up.find("no progress for 45 s: no answer; pending: write;") != std::string::npos);
  }
}

TEST_CASE("one command that is lost while others are answered is sent again, too") {
  SessionBench bench;
  bench.add();
  Ended& lost = bench.write();
  bench.step();
  const auto begin = bench.clock.now();
  while (bench.target.tried == 1) {
    REQUIRE(bench.since(begin) < 40'000);
    bench.read();
    bench.link().answer(good(), 1);
    bench.clock.turn(500ms);
    bench.step();
  }
  CHECK(bench.since(begin) >= 29'000);
  CHECK(lost.times == 0);
  while (!bench.link().in_flight.empty()) {
    bench.link().answer(good());
    bench.step();
  }
  CHECK(lost.ok());
}

TEST_CASE("one command that is never answered while others are ends everything after 45 s") {
  SessionBench bench;
  bench.add();
  Ended& lost = bench.write();
  bench.step();
  const auto begin = bench.clock.now();
  bool going = true;
  while (going) {
    REQUIRE(bench.since(begin) < 60'000);
    bench.read();
    // All but the write, wherever it stands.
    auto& flying = bench.link().in_flight;
    for (std::size_t i = 0; i < flying.size(); ++i)
      if (flying[i].command.direction == Direction::in) {
        bench.link().answer(good(), i);
        break;
      }
    bench.clock.turn(500ms);
    going = bench.step();
  }
  bench.sessions[0]->end();
  CHECK(bench.since(begin) >= 44'000);
  CHECK(lost.times == 1);
  CHECK(lost.gave_up.find("no progress for 45 s: no answer; pending: write") != std::string::npos);
}

TEST_CASE("a flush may take longer than a write") {
  SessionBench bench;
  bench.add();
  Ended& flush = bench.flush();
  bench.run_for(50s);
  CHECK(bench.target.tried == 1);
  SUBCASE("and is answered late") {
    bench.link().answer(good());
    bench.step();
    CHECK(flush.ok());
    CHECK(bench.queue.cache_loss_generation() == 0);
  }
  SUBCASE("and counts as lost after a minute") {
    bench.run_for(11s);
    CHECK(bench.target.tried == 2);
    CHECK(bench.link().submitted == 1);
    CHECK(flush.times == 0);
    const auto took = run_to_the_end(bench);
    CHECK(took >= 28'000);
    CHECK(took <= 30'000);
    CHECK(flush.gave_up.find("no progress for 90 s: no answer; pending: flush;") != std::string::npos);
  }
  SUBCASE("and so it may when a write comes after it, late") {
    Ended& write = bench.write();
    bench.run_for(9s);
    CHECK(bench.target.tried == 1);
    bench.link().answer(good());
    bench.link().answer(good());
    bench.step(0, 2);
    CHECK(flush.ok());
    CHECK(write.ok());
  }
  SUBCASE("and so it may while others write through another session") {
    bench.add();
    for (int i = 0; i < 9; ++i) {
      Ended& write = bench.write();
      bench.step(1);
      bench.link().answer(good());
      bench.step(1);
      CHECK(write.ok());
      bench.clock.turn(500ms);
      bench.target.links[0]->heard = bench.clock.now();
      bench.step(0);
    }
    CHECK(bench.target.links[0]->open);
    CHECK(bench.target.tried == 2);
  }
}

TEST_CASE("a write that is not answered does not wait for a flush that was sent before it") {
  SessionBench bench;
  bench.add();
  Ended& flush = bench.flush();
  bench.run_for(1s);
  Ended& write = bench.write();
  bench.run_for(29s);
  CHECK(bench.target.tried == 1);
  bench.run_for(2s);
  CHECK(bench.target.tried == 2);
  CHECK(run_to_the_end(bench) <= 15'000);
  CHECK(flush.gave_up == write.gave_up);
  CHECK(flush.gave_up.find(": no answer; pending: flush and 1 more;") != std::string::npos);
}

TEST_CASE("a command window that stays closed explains the silence, but not for ever") {
  SessionBench bench;
  bench.add();
  bench.target.at_login = [](Link& link) { link.sending = link.window_closed = true; };
  Ended& write = bench.write();
  bench.run_for(29'500ms);
  CHECK(bench.target.tried == 1);
  CHECK(bench.link().open);
  bench.run_for(1s);
  CHECK(bench.target.tried == 2);
  SUBCASE("it opens in the next session") {
    bench.link().sending = bench.link().window_closed = false;
    bench.link().answer(good());
    bench.step();
    CHECK(write.ok());
  }
  SUBCASE("it does not") {
    run_to_the_end(bench);
    CHECK(write.times == 1);
    CHECK(write.gave_up.find("no progress for 45 s: no answer") != std::string::npos);
  }
}

TEST_CASE("deferred writes do not wait for a target that is silent") {
  SessionBench bench;
  bench.add();
  bench.target.at_login = [](Link& link) { link.answers_pings = false; };
  Ended& write = bench.write();
  bench.step();
  bench.link().sending = true;
  bench.link().answer(check(SenseKey::medium_error, 0x0C));
  bench.step();
  bench.run_for(14s);
  CHECK(write.times == 0);
  bench.run_for(2s);
  CHECK(write.times == 1);
  CHECK(write.answer.sense.code() == 0x0C00);
  CHECK_FALSE(bench.target.links[0]->open);
}

TEST_CASE("the time for an answer is counted from when the request was sent") {
  SessionBench bench;
  bench.add({}, 1);
  bench.writes(2);
  bench.run_for(29s);
  bench.link().answer(good());
  bench.step();
  Ended& second = bench.ended[1];
  bench.run_for(29s);
  CHECK(bench.target.tried == 1);
  bench.link().answer(good());
  bench.step();
  CHECK(second.ok());
}
