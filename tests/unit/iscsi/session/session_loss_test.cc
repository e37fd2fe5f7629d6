// SPDX-License-Identifier: Apache-2.0
// Connections that are lost with requests in flight, and logins that do not succeed.
#include <doctest/doctest.h>

#include "iscsi/login/login_error.h"
#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kFault = "the target broke the iSCSI protocol: it sent an R2T without data";

}  // namespace

TEST_CASE("requests of a lost connection are sent again through the next one") {
  SessionBench bench;
  bench.add();
  Ended& answered = bench.write();
  Ended& write = bench.write();
  Ended& flush = bench.flush();
  std::vector<std::uint64_t> generations;
  bench.target.at_submit = [&](const Command&) {
    generations.push_back(bench.queue.cache_loss_generation());
  };
  // Another session may send what is given back as soon as it is woken.
  std::vector<std::uint64_t> woken;
  bench.queue.set_wake([&] { woken.push_back(bench.queue.cache_loss_generation()); });
  bench.step();
  bench.link().answer(good());
  SUBCASE("which says nothing of them") {
    bench.link().lose();
  }
  SUBCASE("which answers them as lost") {
    bench.link().lose_and_cancel();
  }
  SUBCASE("which answers one as lost, then ends") {
    bench.link().events.emplace_back([&] {
      bench.link().lost = true;
      bench.link().answer_now(answer_of(CommandStatus::lost));
    });
  }
  bench.step(0, 2);
  CHECK(answered.ok());
  CHECK_FALSE(bench.link().open);
  CHECK(bench.queue.cache_loss_generation() == 1);
  bench.target.at_login = [](Link& link) {
    link.answer(good());
    link.answer(good());
  };
  bench.step(0, 2);
  CHECK(write.ok());
  CHECK(flush.ok());
  CHECK(bench.target.tried == 2);
  // The flush that is sent again comes after the loss: it does not cover what was lost.
  CHECK(woken == std::vector<std::uint64_t>{1, 1});
  CHECK(generations == std::vector<std::uint64_t>{0, 0, 0, 1, 1});
  CHECK(bench.queue.cache_loss_generation() == 1);
}

TEST_CASE("what is answered in the moment of the loss has been answered, and is not sent again") {
  SessionBench bench;
  bench.add();
  Ended& answered = bench.write();
  Ended& refused = bench.write();
  Ended& open = bench.write();
  bench.step();
  bench.link().events.emplace_back([&] {
    bench.link().answer_now(good());
    bench.link().answer_now(check(SenseKey::medium_error, 0x0C));
    bench.link().cancel();
  });
  bench.step();
  CHECK(answered.ok());
  CHECK(refused.answer.sense.code() == 0x0C00);
  CHECK(open.times == 0);
  bench.target.at_login = [](Link& link) { link.answer(good()); };
  bench.step();
  CHECK(open.ok());
  CHECK(bench.link().submitted == 1);
}

TEST_CASE("a session that dies holds failed writes until its connection has been destroyed") {
  SessionBench bench;
  bench.add();
  Ended& failed = bench.write();
  Ended& repeated = bench.write();
  Ended& open = bench.write();
  bench.step();
  bench.link().sending = true;
  bench.link().answer(check(SenseKey::medium_error, 0x0C));
  bench.link().answer(busy());
  bench.step(0, 2);
  bench.link().lose_and_cancel();
  CHECK(failed.times == 0);
  bench.step();
  CHECK_FALSE(bench.link().open);
  CHECK(failed.times == 1);
  CHECK(failed.answer.sense.code() == 0x0C00);
  bench.target.at_submit = [&](const Command&) { bench.link().answer(good()); };
  bench.run_for(1s);
  CHECK(repeated.ok());
  CHECK(open.ok());
  CHECK(bench.link().submitted == 2);
}

TEST_CASE("two sessions that die in turn take over each other's requests") {
  SessionBench bench;
  bench.add({}, 2);
  bench.add({}, 2);
  bench.writes(4);
  bench.step(0);
  bench.step(1);
  const auto first = bench.target.links[0], second = bench.target.links[1];
  REQUIRE(first->in_flight.size() == 2);
  REQUIRE(second->in_flight.size() == 2);
  first->lose_and_cancel();
  bench.step(0);
  second->answer(good());
  second->answer(good());
  bench.step(1, 3);
  REQUIRE(second->in_flight.size() == 2);
  CHECK(second->submitted == 4);
  second->lose();
  bench.step(1);
  bench.step(0);
  REQUIRE(bench.target.links.size() == 3);
  CHECK(bench.link().submitted == 2);
  bench.link().answer(good());
  bench.link().lose();
  bench.step(0, 2);
  bench.target.at_login = [](Link& link) { link.answer(good()); };
  bench.step(1);
  for (const Ended& one : bench.ended) CHECK(one.ok());
  CHECK(bench.queue.cache_loss_generation() == 3);
}

TEST_CASE("a target that was busy before the loss may be busy for the whole time again") {
  SessionBench bench;
  bench.add();
  Ended& write = bench.write();
  const auto answer_busy = [&](const Command&) { bench.link().answer(busy()); };
  bench.target.at_submit = answer_busy;
  bench.run_for(20s);
  bench.target.at_submit = nullptr;
  while (bench.link().in_flight.empty()) bench.step();
  bench.link().lose();
  bench.step();
  bench.target.at_submit = answer_busy;
  bench.run_for(20s);
  CHECK(write.times == 0);
  CHECK(bench.target.tried == 2);
}

TEST_CASE("a session that never gets an answer logs in again ever more slowly, until there is one") {
  SessionBench bench;
  bench.add();
  bench.write();
  std::vector<std::int64_t> pauses;
  const auto lose = [&] {
    bench.link().lose();
    bench.step();
    const auto begin = bench.clock.now();
    const auto logins = bench.target.tried;
    while (bench.target.tried == logins && bench.step()) {
    }
    pauses.push_back(bench.link().made == begin ? 0 : bench.since(begin) - 250);  // and the first run()
  };
  bench.step();
  for (int i = 0; i < 7; ++i) lose();
  CHECK(pauses == std::vector<std::int64_t>{250, 250, 400, 800, 1600, 2000, 2000});
  pauses.clear();
  bench.write();
  bench.link().answer(good());
  bench.step();
  lose();
  CHECK(pauses == std::vector<std::int64_t>{0});
  lose();
  CHECK(pauses.back() == 250);
}

TEST_CASE("a login that fails is tried again, ever more slowly; the reason stands in the error") {
  SessionBench bench;
  int lost = 0;
  Session::Hooks hooks;
  hooks.lost = [&] { ++lost; };
  bench.add(hooks);
  bench.step();  // takes note of its limit
  std::vector<std::int64_t> tries;
  const auto begin = bench.clock.now();
  bench.target.at_try = [&](const std::function<bool()>&) {
    tries.push_back(bench.since(begin));
    throw Error(Exit::failed, "lun", "cannot connect to 192.0.2.1:3260: Connection refused");
  };
  Ended& write = bench.write();
  SUBCASE("until the timeout") {
    Ended& second = bench.write();
    while (bench.step()) {
    }
    CHECK(bench.since(begin) >= 45'000);
    CHECK(bench.since(begin) <= 47'000);
    CHECK(write.gave_up ==
          "lun: no progress for 45 s: cannot connect to 192.0.2.1:3260: Connection refused; pending: write "
          "and 1 more; check the target and the network, then start again");
    CHECK(second.gave_up == write.gave_up);
    REQUIRE(tries.size() > 7);
    tries.resize(7);
    CHECK(tries == std::vector<std::int64_t>{0, 250, 500, 900, 1700, 3300, 5300});
    CHECK(lost > 7);
  }
  SUBCASE("until it succeeds") {
    bench.run_for(20s);
    bench.target.at_try = nullptr;
    bench.target.at_login = [](Link& link) { link.answer(good()); };
    bench.run_for(3s);
    CHECK(write.ok());
    CHECK_FALSE(bench.queue.stopped());
  }
  SUBCASE("until nobody needs it: then the next login comes at once") {
    bench.run_for(20s);
    bench.target.at_try = nullptr;
    bench.queue.finish(bench.queue.pop(), good());  // by another session
    bench.step(0, 2);
    const auto idle = bench.clock.now();
    bench.clock.at_wait = [&] { bench.write(); };
    bench.step();
    REQUIRE(bench.target.links.size() == 1);
    CHECK(bench.link().made == idle);
  }
}

TEST_CASE("a login that is refused for good ends nothing before the timeout: there are other sessions") {
  SessionBench bench;
  bench.add();
  bench.add();
  bench.target.at_try = [](const std::function<bool()>&) {
    throw LoginRefused(Exit::failed, "lun", "the target refuses the login: too many sessions");
  };
  bench.write();
  bench.step(0, 4);
  bench.target.at_try = nullptr;
  bench.target.at_login = [](Link& link) { link.answer(good()); };
  bench.step(1);
  CHECK(bench.ended[0].ok());
  CHECK_FALSE(bench.queue.stopped());
}

TEST_CASE("a joined hook that throws ends the connection") {
  SessionBench bench;
  bool fails = true;
  Session::Hooks hooks;
  hooks.joined = [&](CommandChannel&) {
    if (fails) throw Error(Exit::failed, "lun", "no answer in time to PERSISTENT RESERVE IN");
  };
  bench.add(hooks);
  Ended& write = bench.write();
  bench.step();
  CHECK(bench.target.tried == 1);
  CHECK_FALSE(bench.link().open);
  CHECK(bench.link().submitted == 0);
  SUBCASE("and the request, if it goes on") {
    while (bench.step()) {
    }
    CHECK(contains(write.gave_up, ": no answer in time to PERSISTENT RESERVE IN; pending: write"));
    for (const auto& link : bench.target.links) CHECK_FALSE(link->open);
  }
  SUBCASE("and not the request, if it does not") {
    fails = false;
    bench.target.at_login = [](Link& link) { link.answer(good()); };
    bench.step();
    CHECK(write.ok());
    CHECK(bench.target.tried == 2);
  }
}

TEST_CASE("a protocol violation is told once, and stays the reason of any later silence") {
  SessionBench bench;
  bench.add();
  Ended& write = bench.write();
  bench.step();
  bench.link().lose(kFault);
  bench.step();
  REQUIRE(bench.log.lines.size() == 1);
  CHECK(bench.log.lines[0] == std::string("portal: ") + kFault + "; logging in again");
  bench.step();
  bench.link().lose(kFault);
  bench.step();
  CHECK(bench.log.lines.size() == 1);
  while (bench.step()) {
  }
  bench.sessions[0]->end();
  CHECK(contains(write.gave_up, std::string("no progress for 45 s: ") + kFault + "; pending: write"));
}

TEST_CASE("the end of a session while it logs in") {
  SessionBench bench;
  Session& session = bench.add();
  Ended& write = bench.write();
  const auto begin = bench.clock.now();
  bool asked_on = true;
  bench.target.at_try = [&](const std::function<bool()>& keep_going) {
    while (keep_going()) {
      REQUIRE(bench.since(begin) < 60'000);
      bench.clock.turn(250ms);
      if (bench.since(begin) == 3000 && asked_on) bench.queue.stop();
    }
    throw Error(Exit::failed, "lun", "the login was aborted");
  };
  SUBCASE("by the owner") {
    bench.step();
    CHECK(bench.since(begin) == 3000);
    CHECK(write.gave_up == "lun: closed before the request was done");
  }
  SUBCASE("by the timeout") {
    asked_on = false;
    bench.step();
    CHECK(bench.since(begin) == 45'000);
    CHECK(contains(write.gave_up, "no progress for 45 s: no answer; pending: write"));
    REQUIRE_FALSE(bench.log.lines.empty());
    CHECK(contains(bench.log.lines[0], "no progress for 4 s: no answer"));
    CHECK(bench.log.lines.size() == 3);  // after 4 s, and every 15 s
  }
  CHECK_FALSE(bench.step());
  session.end();
  CHECK(write.times == 1);
  CHECK(bench.target.links.empty());
}
