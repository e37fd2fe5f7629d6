// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/request_queue.h"

#include <doctest/doctest.h>

#include <thread>

#include "block/device_checks.h"
#include "core/units.h"
#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// The end of a request.
struct Outcome {
  int calls = 0;
  CommandStatus status = CommandStatus::other;
  std::string gave_up;
};

std::unique_ptr<Request> request(Outcome& outcome, std::uint64_t offset = 0, bool slow = false) {
  auto one = std::make_unique<Request>();
  one->verb = "write";
  one->offset = offset;
  one->length = 4096;
  one->slow = slow;
  one->done = [&outcome](const Answer& answer, const Error* gave_up) {
    ++outcome.calls;
    outcome.status = answer.status;
    if (gave_up != nullptr) outcome.gave_up = gave_up->what();
  };
  return one;
}

}  // namespace

TEST_CASE("requests go out in their order, each once") {
  RequestQueue queue("lun");
  int woken = 0;
  queue.set_wake([&] { ++woken; });
  CHECK(queue.idle());
  CHECK(queue.pop() == nullptr);
  std::vector<Outcome> outcomes(3);
  for (std::uint64_t i = 0; i < 3; ++i) queue.push(request(outcomes[i], i));
  CHECK(woken == 3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    auto one = queue.pop();
    REQUIRE(one);
    CHECK(one->offset == i);
    CHECK_FALSE(queue.idle());
    queue.finish(std::move(one), good());
    CHECK(outcomes[i].calls == 1);
    CHECK(outcomes[i].status == CommandStatus::good);
    CHECK(outcomes[i].gave_up.empty());
  }
  CHECK(queue.idle());
  CHECK(queue.pop() == nullptr);
}

TEST_CASE("what is given back goes first, but not before its time") {
  const HandClock clock;
  RequestQueue queue("lun", {}, clock);
  Outcome a, b, c;
  queue.push(request(a, 1));
  queue.push(request(b, 2));
  queue.push(request(c, 3));
  auto first = queue.pop();
  first->not_before = clock.now() + milliseconds(300);
  queue.requeue(std::move(first));
  CHECK(queue.due_in(milliseconds(20)) == milliseconds(20));
  CHECK(queue.due_in(milliseconds(1000)) == milliseconds(301));
  auto second = queue.pop();
  CHECK(second->offset == 2);
  clock.turn(milliseconds(299));
  auto third = queue.pop();
  CHECK(third->offset == 3);
  clock.turn(milliseconds(1));
  CHECK(queue.due_in(milliseconds(1000)) == milliseconds(1));
  first = queue.pop();
  CHECK(first->offset == 1);
  first->not_before = {};
  queue.requeue(std::move(first));
  CHECK((first = queue.pop())->offset == 1);
  for (auto* one : {&first, &second, &third}) queue.finish(std::move(*one), good());
  CHECK(queue.due_in(milliseconds(77)) == milliseconds(77));
  CHECK(a.calls + b.calls + c.calls == 3);
}

TEST_CASE("giving back wakes whoever has room") {
  RequestQueue queue("lun");
  int woken = 0;
  queue.set_wake([&] { ++woken; });
  Outcome outcome;
  queue.push(request(outcome));
  queue.requeue(queue.pop());
  CHECK(woken == 2);
  queue.finish(queue.pop(), good());
  CHECK(woken == 2);
}

TEST_CASE("after a failure everything ends with it, once") {
  RequestQueue queue("lun");
  Outcome ready, delayed, taken, finished, late;
  queue.push(request(taken));
  queue.push(request(finished));
  queue.push(request(delayed));
  queue.push(request(ready));
  auto at_session = queue.pop(), at_other = queue.pop(), waiting = queue.pop();
  waiting->not_before = SessionClock::steady().now() + std::chrono::hours(1);
  queue.requeue(std::move(waiting));
  CHECK_FALSE(queue.stopped());
  queue.fail(Error(Exit::failed, "lun", "gone"));
  CHECK(queue.stopped());
  for (const Outcome* outcome : {&ready, &delayed}) {
    CHECK(outcome->calls == 1);
    CHECK(outcome->gave_up == "lun: gone");
    CHECK(outcome->status == CommandStatus::lost);
  }
  // What a session holds ends when it gives it back, or as the target said.
  CHECK(taken.calls == 0);
  queue.requeue(std::move(at_session));
  CHECK(taken.gave_up == "lun: gone");
  queue.finish(std::move(at_other), good());
  CHECK(finished.gave_up.empty());
  CHECK(finished.status == CommandStatus::good);
  queue.push(request(late));
  CHECK(late.gave_up == "lun: gone");
  queue.fail(Error(Exit::failed, "lun", "another reason"));
  queue.stop();
  Outcome later;
  queue.push(request(later));
  CHECK(later.gave_up == "lun: gone");
  CHECK(queue.idle());
  CHECK(queue.pop() == nullptr);
  CHECK(ready.calls + delayed.calls + taken.calls + finished.calls == 4);
}

TEST_CASE("a completion may push, whatever it is told") {
  RequestQueue queue("lun");
  int pushed = 0;
  std::function<void(const Answer&, const Error*)> again = [&](const Answer&, const Error*) {
    if (++pushed > 3) return;
    auto one = std::make_unique<Request>();
    one->done = again;
    queue.push(std::move(one));
  };
  auto one = std::make_unique<Request>();
  one->done = again;
  queue.push(std::move(one));
  queue.finish(queue.pop(), good());
  CHECK(pushed == 1);
  queue.stop();
  CHECK(pushed == 4);
}

TEST_CASE("a stall is reported once, with what is pending, and then given up") {
  LogTap log;
  const HandClock clock;
  RequestQueue queue("iscsi://host/name/1", {}, clock);
  Outcome first, second;
  clock.turn(milliseconds(4200));
  queue.watch("no answer");  // nothing is pending: nobody waits
  queue.push(request(first, MiB));
  queue.push(request(second));
  auto one = queue.pop();
  queue.watch("no answer");
  CHECK(log.lines.empty());
  CHECK(queue.silence() == milliseconds(0));
  clock.turn(milliseconds(4200));
  queue.watch("no answer");
  queue.watch("no answer");
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] ==
        "iscsi://host/name/1: no progress for 4 s: no answer; pending: write of 4.0 KiB at 1.0 MiB (bytes "
        "1048576 to "
        "1052671) and 1 more; waiting up to 45 s");
  CHECK(queue.silence() == milliseconds(4200));
  clock.turn(seconds(41));
  queue.watch("cannot connect");
  CHECK(queue.stopped());
  CHECK(second.gave_up ==
        "iscsi://host/name/1: no progress for 45 s: cannot connect; pending: write of 4.0 KiB at 1.0 MiB "
        "(bytes "
        "1048576 to 1052671) and 1 more; check the target and the network, then start again");
  queue.requeue(std::move(one));
  CHECK(first.gave_up == second.gave_up);
}

TEST_CASE("progress ends a stall; the next one is reported again") {
  LogTap log;
  const HandClock clock;
  RequestQueue queue("lun", {}, clock);
  Outcome outcomes[3];
  for (Outcome& outcome : outcomes) queue.push(request(outcome));
  for (int i = 0; i < 2; ++i) {
    clock.turn(milliseconds(4200));
    queue.watch("no answer");
    CHECK(log.lines.size() == static_cast<std::size_t>(i + 1));
    queue.finish(queue.pop(), good());
    CHECK(queue.silence() == milliseconds(0));
  }
  CHECK_FALSE(queue.stopped());
  queue.finish(queue.pop(), good());
  CHECK(queue.silence() == milliseconds(0));
}

TEST_CASE("a target that refuses is reported with what it says") {
  LogTap log;
  const HandClock clock;
  RequestQueue queue("lun", {}, clock);
  Outcome outcome;
  queue.push(request(outcome));
  clock.turn(milliseconds(4200));
  queue.requeue(queue.pop(), "the target is busy (BUSY)");
  queue.watch("no answer");
  REQUIRE(log.lines.size() == 1);
  CHECK(contains(log.lines[0], ": the target is busy (BUSY); pending"));
  queue.requeue(queue.pop());  // then the connection was lost
  clock.turn(seconds(41));
  queue.watch("no answer");
  CHECK(contains(outcome.gave_up, ": no answer; pending"));
}

TEST_CASE("slow requests have twice the patience, as long as only they are pending") {
  LogTap log;
  const HandClock clock;
  RequestQueue queue("lun", {}, clock);
  Outcome flush, write;
  queue.push(request(flush, 0, true));
  CHECK(queue.timeout() == seconds(90));
  queue.push(request(write));
  CHECK(queue.timeout() == seconds(45));
  auto slow = queue.pop();
  queue.finish(queue.pop(), good());
  CHECK(queue.timeout() == seconds(90));
  clock.turn(seconds(50));
  queue.watch("no answer");
  CHECK_FALSE(queue.stopped());
  clock.turn(seconds(40));
  queue.watch("no answer");
  CHECK(queue.stopped());
  queue.requeue(std::move(slow));
  CHECK(contains(flush.gave_up, "no progress"));
}

TEST_CASE("a request that comes late does not shorten the time of a slow one, and has its own") {
  LogTap log;
  const HandClock clock;
  RequestQueue queue("lun", {}, clock);
  Outcome flush, write;
  queue.push(request(flush, 0, true));
  CHECK_FALSE(queue.prompt_since());
  clock.turn(seconds(50));
  queue.push(request(write));
  CHECK(queue.prompt_since() == clock.now());
  queue.watch("no answer");
  CHECK_FALSE(queue.stopped());
  SUBCASE("the slow one ends first") {
    clock.turn(seconds(40));
    queue.watch("no answer");
    CHECK(queue.stopped());
  }
  SUBCASE("the late one ends first") {
    queue.finish(queue.pop(), good());
    clock.turn(milliseconds(44'900));
    queue.watch("no answer");
    CHECK_FALSE(queue.stopped());
    clock.turn(milliseconds(100));
    queue.watch("no answer");
    CHECK(queue.stopped());
  }
}

TEST_CASE("the defaults suit people") {
  CHECK(RequestQueue("lun").timing().silence == seconds(4));
  CHECK(RequestQueue("lun").timeout() == seconds(90));  // nothing pending is not urgent
}

TEST_CASE("many threads: every request ends exactly once") {
  RequestQueue queue("lun");
  constexpr int kThreads = 4, kEach = 2000;
  std::atomic<int> ended{0};
  std::atomic<bool> quit{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      unsigned round = 0;
      while (!quit) {
        auto one = queue.pop();
        if (!one) {
          std::this_thread::yield();
        } else if (++round % 3 == 0) {
          queue.requeue(std::move(one), "busy");
        } else {
          queue.finish(std::move(one), good());
        }
        queue.watch("no answer");
        queue.due_in(milliseconds(5));
      }
      while (auto one = queue.pop()) queue.requeue(std::move(one));
    });
  std::vector<std::thread> pushers;
  for (int t = 0; t < kThreads; ++t)
    pushers.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        auto one = std::make_unique<Request>();
        one->done = [&ended](const Answer&, const Error*) { ++ended; };
        queue.push(std::move(one));
        if (t == 0 && i == kEach - 100) queue.stop();
      }
    });
  for (auto& thread : pushers) thread.join();
  quit = true;
  for (auto& thread : threads) thread.join();
  CHECK(ended == kThreads * kEach);
  CHECK(queue.idle());
}
