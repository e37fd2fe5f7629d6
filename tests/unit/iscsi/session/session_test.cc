// SPDX-License-Identifier: Apache-2.0
// A session and a target that answers: what is sent, what is repeated, how many at a time.
#include "iscsi/session/session.h"

#include <doctest/doctest.h>

#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;

TEST_CASE("a session sends up to its limit, and the next request as one is answered") {
  SessionBench bench;
  Session& session = bench.add({}, 2);
  bench.writes(3);
  bench.step();
  CHECK(bench.link().in_flight.size() == 2);
  bench.link().answer(good(), 1);
  bench.step();
  CHECK(bench.ended[1].ok());
  CHECK(bench.ended[0].times == 0);
  bench.step();
  CHECK(bench.link().submitted == 3);
  session.limit(3);
  bench.write();
  bench.step();
  CHECK(bench.link().in_flight.size() == 3);
  CHECK(bench.queue.transferred() == sizeof(Ended::data));
  CHECK(bench.target.tried == 1);
}

TEST_CASE("a session logs in when there is something to do, and no earlier") {
  SessionBench bench;
  bench.add();
  bench.run_for(10s);
  CHECK(bench.target.tried == 0);
  const auto begin = bench.clock.now();
  bench.clock.at_wait = [&] { bench.write(); };
  bench.step();
  REQUIRE(bench.target.tried == 1);
  CHECK(bench.link().made == begin);  // at once
  CHECK(bench.link().submitted == 1);
}

TEST_CASE("what arrives while a session waits for the target is sent at once") {
  SessionBench bench;
  bench.add({}, 2);
  bench.write();
  bench.step();
  const auto begin = bench.clock.now();
  bench.link().at_run = [&] { bench.write(); };
  bench.step(0, 2);
  CHECK(bench.link().submitted == 2);
  // Without capacity it is left to others.
  bench.link().at_run = [&] { bench.write(); };
  CHECK(bench.since(begin) == 250);
  bench.step();
  CHECK(bench.since(begin) == 500);
  CHECK(bench.link().submitted == 2);
}

TEST_CASE("the first request after a long time without any gets its full time") {
  SessionBench bench;
  bench.add();
  bench.write();
  bench.target.at_login = [](Link& link) { link.answer(good()); };
  bench.step();
  bench.run_for(10min);
  CHECK(bench.link().pings == 0);
  Ended& late = bench.read();
  bench.step();
  CHECK(bench.link().open);  // ten minutes of silence were nobody's fault
  bench.run_for(4s);
  CHECK(bench.link().pings == 0);
  bench.link().answer(good());
  bench.step();
  CHECK(late.ok());
  CHECK(bench.target.tried == 1);
  CHECK(bench.queue.cache_loss_generation() == 0);
}

TEST_CASE("a target that is alive is asked for a sign of it, and only while something is in flight") {
  SessionBench bench;
  bench.add();
  bench.write();
  bench.run_for(4900ms);
  CHECK(bench.link().pings == 0);
  bench.run_for(700ms);
  CHECK(bench.link().pings == 1);
  bench.run_for(4500ms);
  CHECK(bench.link().pings == 1);
  bench.run_for(1s);
  CHECK(bench.link().pings == 2);
}

TEST_CASE("a busy target is asked again, later and later, and for other things meanwhile") {
  for (const CommandStatus status : {CommandStatus::busy, CommandStatus::task_set_full}) {
    SessionBench bench;
    bench.add();
    Ended& first = bench.write();
    bench.target.at_login = [&](Link& link) { link.answer(answer_of(status)); };
    bench.step();  // it is the answer to the first command of the session
    CHECK(bench.link().in_flight.empty());
    Ended& second = bench.read();
    bench.link().answer(good());
    bench.step();
    CHECK(second.ok());
    CHECK(bench.link().submitted == 2);
    std::vector<std::int64_t> pauses;
    SessionClock::TimePoint refused;
    bench.target.at_submit = [&](const Command&) { pauses.push_back(bench.since(refused)); };
    while (pauses.size() < 10) {
      refused = bench.clock.now();
      for (const auto before = pauses.size(); pauses.size() == before;) bench.step();
      bench.link().answer(answer_of(status));
      bench.step();
    }
    // After retry_delay() each time: a millisecond later, or at a tick.
    CHECK(pauses == std::vector<std::int64_t>{9, 17, 33, 65, 129, 257, 513, 1000, 1000, 1000});
    CHECK(first.times == 0);
    bench.target.at_submit = [&](const Command&) { bench.link().answer(good()); };
    bench.run_for(2s);
    CHECK(first.ok());
    CHECK(bench.target.tried == 1);
  }
}

TEST_CASE("a target that stays busy is given up after half a minute, with its answer") {
  SessionBench bench;
  bench.add();
  Ended& write = bench.write();
  const auto begin = bench.clock.now();
  bench.target.at_submit = [&](const Command&) { bench.link().answer(busy()); };
  while (write.times == 0) bench.step();
  CHECK(bench.since(begin) >= 30'000);
  CHECK(bench.since(begin) < 33'000);
  CHECK(write.answer.status == CommandStatus::busy);
  CHECK(write.gave_up.empty());
  CHECK_FALSE(bench.queue.stopped());
}

TEST_CASE("half of a target's queue is used when it is full, and more of it bit by bit") {
  SessionBench bench;
  bench.add();
  bench.writes(500);
  bench.step();
  Link& link = bench.link();
  REQUIRE(link.in_flight.size() == 16);
  link.answer(answer_of(CommandStatus::task_set_full));
  bench.step(0, 2);
  CHECK(link.in_flight.size() == 15);
  const auto answer_one = [&] {
    link.answer(good());
    bench.step();
  };
  for (int i = 0; i < 7; ++i) answer_one();
  CHECK(link.submitted == 16);
  answer_one();  // 7 are left: one more may go
  bench.step();
  CHECK(link.in_flight.size() == 8);
  std::size_t most = 0;
  int answers = 8;
  for (; most < 9 && answers < 200; ++answers) {
    answer_one();
    most = std::max(most, link.in_flight.size() + 1);
  }
  CHECK(answers >= 64);
  CHECK(answers <= 66);
  for (; answers < 64 + 71; ++answers) answer_one();
  bench.step();
  CHECK(link.in_flight.size() == 9);
  for (int i = 0; i < 3; ++i) answer_one();
  bench.step();
  CHECK(link.in_flight.size() == 10);
}

TEST_CASE("requests that wait for long in the target halve their number, once") {
  SessionBench bench;
  bench.add();
  bench.writes(100);
  bench.step();
  Link& link = bench.link();
  REQUIRE(link.in_flight.size() == 16);
  bench.clock.turn(1100ms);
  for (int i = 0; i < 16; ++i) {
    link.answer(good());
    bench.step();
    bench.clock.turn(1ms);
  }
  bench.step();
  CHECK(link.in_flight.size() == 8);
  // What was sent after that says something new.
  bench.clock.turn(1100ms);
  link.answer(good());
  bench.step();
  for (int i = 0; i < 4; ++i) link.answer(good());
  bench.step(0, 6);
  CHECK(link.in_flight.size() == 4);
}

TEST_CASE("a slow flush says nothing of the number of requests") {
  SessionBench bench;
  bench.add();
  bench.flush();
  bench.step();
  bench.clock.turn(20s);
  bench.link().heard = bench.clock.now();
  bench.link().answer(good());
  bench.step();
  CHECK(bench.ended[0].ok());
  bench.writes(20);
  bench.step();
  CHECK(bench.link().in_flight.size() == 16);
}

TEST_CASE("a new session is greeted by UNIT ATTENTION 29h; later that is a reset, and data may be lost") {
  SessionBench bench;
  Session::Hooks hooks;
  std::uint64_t expected = 0;
  SUBCASE("answered first after a login") {
    bench.target.at_login = [](Link& link) { link.answer(reset_attention()); };
  }
  SUBCASE("answered to a later request") {
    bench.target.at_login = [](Link& link) {
      link.answer(good());
      link.answer(reset_attention());
    };
    bench.write();
    expected = 1;
  }
  SUBCASE("answered after what was sent for the reservation, which was greeted") {
    bench.target.at_login = [](Link& link) {
      link.executed = {good()};
      link.answer(reset_attention());
    };
    hooks.joined = [](CommandChannel& channel) { channel.execute({}, 1s); };
    expected = 1;
  }
  SUBCASE("another attention is no reset") {
    bench.target.at_login = [](Link& link) {
      link.answer(good());
      link.answer(check(SenseKey::unit_attention, 0x2A, 0x09));
    };
    bench.write();
  }
  bench.add(hooks);
  Ended& write = bench.write();
  bench.step(0, 2);
  CHECK(bench.queue.cache_loss_generation() == expected);
  CHECK(write.times == 0);  // it is sent again, at once
  bench.link().answer(good());
  const auto begin = bench.clock.now();
  bench.step(0, 2);
  CHECK(write.ok());
  CHECK(bench.since(begin) <= 250);
  CHECK(bench.queue.cache_loss_generation() == expected);
  CHECK(bench.target.tried == 1);
}

TEST_CASE("a session whose LUN has been queried has been greeted") {
  SessionBench bench;
  auto connection = bench.target.connect();
  bench.link().answered = true;
  bench.link().answer(reset_attention());
  bench.add({}, 16, std::move(connection));
  bench.write();
  bench.step();
  CHECK(bench.queue.cache_loss_generation() == 1);
  CHECK(bench.target.tried == 0);
}

TEST_CASE("what asking again cannot change ends the request with the answer") {
  for (const Answer& answer :
       {answer_of(CommandStatus::reservation_conflict), answer_of(CommandStatus::other),
        check(SenseKey::medium_error, 0x11), check(SenseKey::data_protect, 0x27)}) {
    SessionBench bench;
    bench.add();
    Ended& write = bench.write();
    Ended& next = bench.write();
    bench.step();
    bench.link().answer(answer);
    bench.step();
    CHECK(write.times == 1);
    CHECK(write.answer.status == answer.status);
    CHECK(write.answer.sense == answer.sense);
    CHECK(write.gave_up.empty());
    bench.link().answer(good());
    bench.step();
    CHECK(next.ok());
    CHECK(bench.link().submitted == 2);
  }
}

TEST_CASE("a write that fails while its data are still to be sent keeps its buffer until they have been") {
  SessionBench bench;
  bench.add();
  Ended& failed = bench.write();
  Ended& repeated = bench.write();
  Ended& read = bench.read();
  bench.step();
  Link& link = bench.link();
  link.sending = true;
  link.answer(check(SenseKey::medium_error, 0x0C));
  link.answer(busy());
  bench.step(0, 2);
  CHECK(failed.times == 0);
  Ended& next = bench.write();
  bench.run_for(1s);
  CHECK(link.submitted == 3);  // neither the next nor the repetition: the end of the sending would not come
  // A read has no data to send.
  link.answer(check(SenseKey::medium_error, 0x11));
  bench.step();
  CHECK(read.times == 1);
  link.all_sent();
  bench.step();
  CHECK(failed.times == 1);
  CHECK(failed.answer.sense.code() == 0x0C00);
  CHECK(repeated.times == 0);
  bench.target.at_submit = [&](const Command&) { link.answer(good()); };
  bench.run_for(1s);
  CHECK(next.ok());
  CHECK(repeated.ok());
  CHECK(link.submitted == 5);
}

TEST_CASE("a write that succeeds has been taken, whatever else is being sent") {
  SessionBench bench;
  bench.add();
  Ended& write = bench.write();
  bench.step();
  bench.link().events.emplace_back([&] {
    bench.link().answer_now(good());
    bench.link().sending = true;  // of others
  });
  bench.step();
  CHECK(write.ok());
}

TEST_CASE("a session that is not to be used any more finishes what it has, and leaves the rest to others") {
  SessionBench bench;
  Session& session = bench.add({}, 2);
  bench.add({}, 0);
  bench.writes(3);
  bench.step();
  bench.step(1);
  const auto first = bench.target.links[0];
  REQUIRE(bench.target.links.size() == 1);
  session.limit(0);
  first->at_run = [&] { CHECK_FALSE(session.wake()); };
  bench.sessions[1]->limit(2);
  first->answer(good());
  first->answer(busy());
  bench.step(0, 2);
  CHECK(bench.ended[0].ok());
  bench.step(0, 4);
  CHECK(first->submitted == 2);
  bench.step(1);
  REQUIRE(bench.target.links.size() == 2);
  CHECK(bench.link().submitted == 2);  // the third, and the one that was refused
  bench.link().answer(good());
  bench.link().answer(good());
  bench.step(1, 2);
  CHECK(bench.ended[1].ok());
  CHECK(bench.ended[2].ok());
  // It does not log in again for what others do.
  first->lose();
  bench.step();
  CHECK_FALSE(first->open);
  bench.write();
  const auto begin = bench.clock.now();
  bench.clock.at_wait = [&] { CHECK_FALSE(session.wake()); };
  bench.step(0, 10);
  CHECK(bench.since(begin) == 2500);
  CHECK(bench.target.tried == 2);
}

TEST_CASE("a session leaves and logs out after all requests, or ends without a word") {
  SessionBench bench;
  std::vector<std::string> order;
  Session::Hooks hooks;
  hooks.leaving = [&](CommandChannel&) {
    CHECK_FALSE(bench.link().logged_out);
    CHECK(bench.link().in_flight.empty());
    order.emplace_back("leaving");
  };
  Session& session = bench.add(hooks);
  Ended& write = bench.write();
  bench.step();
  SUBCASE("with nothing in flight") {
    bench.link().answer(good());
    CHECK(bench.step());
    bench.queue.stop();
    CHECK_FALSE(bench.step());
    session.end();
    CHECK(order.size() == 1);
    CHECK(bench.link().logged_out);
    CHECK(write.ok());
  }
  SUBCASE("with a request in flight") {
    bench.queue.stop();
    CHECK_FALSE(bench.step());
    CHECK(write.times == 0);
    session.end();
    CHECK(write.gave_up == "lun: closed before the request was done");
  }
  SUBCASE("with a write whose data are still to be sent") {
    bench.link().sending = true;
    bench.link().answer(check(SenseKey::medium_error, 0x0C));
    bench.step();
    bench.queue.stop();
    session.end();
    CHECK(write.times == 1);
    CHECK(write.answer.sense.code() == 0x0C00);
  }
  CHECK_FALSE(bench.link().open);
  CHECK(write.times == 1);
  if (order.empty()) CHECK_FALSE(bench.link().logged_out);
  CHECK(bench.queue.cache_loss_generation() == 0);
}

TEST_CASE("the hooks of a session: ticks while it is logged in, joined after each login") {
  SessionBench bench;
  int ticks = 0, joined = 0, lost = 0;
  Session::Hooks hooks;
  hooks.tick = [&] { ++ticks; };
  hooks.joined = [&](CommandChannel&) {
    CHECK(bench.link().submitted == 0);
    ++joined;
  };
  hooks.lost = [&] { ++lost; };
  bench.add(hooks);
  bench.step();
  CHECK(ticks == 0);
  bench.write();
  bench.step(0, 3);
  CHECK(ticks == 3);
  bench.link().lose();
  bench.step();
  CHECK(lost == 1);
  bench.step();
  CHECK(joined == 2);
}
