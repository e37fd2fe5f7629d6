// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/lost_session.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::iscsi;
using Clock = std::chrono::steady_clock;

namespace {

/// Returns the number of times that `work`, which loses the first `losses` sessions, is done; -1 if it is
/// given up.
int tries(int losses, std::optional<Clock::time_point> until, int& done) {
  try {
    over_lost_sessions("iscsi://target", until, [&] {
      if (++done <= losses) throw ConnectionLost("iscsi://target", "the connection was lost", "look");
    });
  } catch (const ConnectionLost&) {
    return -1;
  }
  return done;
}

}  // namespace

TEST_CASE("what loses its session is done again, five times in all") {
  int done = 0;
  CHECK(tries(0, std::nullopt, done) == 1);
  done = 0;
  CHECK(tries(2, std::nullopt, done) == 3);
  done = 0;
  CHECK(tries(100, std::nullopt, done) == -1);
  CHECK(done == 5);
}

TEST_CASE("not when the time is over by then, and not for another reason") {
  int done = 0;
  CHECK(tries(100, Clock::now() + std::chrono::milliseconds(50), done) == -1);
  CHECK(done == 1);
  done = 0;
  CHECK_THROWS_AS(over_lost_sessions("iscsi://target", std::nullopt,
                                     [&] {
                                       ++done;
                                       throw Error(Exit::failed, "iscsi://target", "is not a disk");
                                     }),
                  Error);
  CHECK(done == 1);
}

TEST_CASE("a command is asked again while its answer is a lost session") {
  int asked = 0;
  const auto ask = [&asked](int losses, CommandStatus in_the_end) {
    asked = 0;
    return ask_over_lost_sessions("iscsi://target", "INQUIRY", std::nullopt, [&asked, losses, in_the_end] {
      Answer answer;
      answer.status = ++asked <= losses ? CommandStatus::lost : in_the_end;
      if (answer.status == CommandStatus::lost) answer.fault = "the target broke the iSCSI protocol: it lied";
      return answer;
    });
  };
  CHECK(ask(1, CommandStatus::good).ok());
  CHECK(asked == 2);
  // Silence has cost its time already, and a refusal is an answer.
  CHECK(ask(0, CommandStatus::silent).status == CommandStatus::silent);
  CHECK(ask(0, CommandStatus::check_condition).status == CommandStatus::check_condition);
  CHECK(asked == 1);
  const Answer never = ask(100, CommandStatus::good);
  CHECK(never.status == CommandStatus::lost);
  CHECK(describe(never) == "the target broke the iSCSI protocol: it lied");
  CHECK(asked == 5);
}
