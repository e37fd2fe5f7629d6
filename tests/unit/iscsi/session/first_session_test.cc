// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/first_session.h"

#include <doctest/doctest.h>

#include "iscsi/login/login_error.h"
#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;

namespace {

/// Returns the error with which the beginning of a session ends; the LUN answers no query.
std::string error_of_begin(ScriptedTarget& target, const HandClock& clock) {
  Reserver reserver("lun", {});
  LunInfo lun;
  try {
    begin_session(target.log_in(), "lun", clock, reserver, lun);
  } catch (const Error& error) {
    return error.cause();
  }
  return {};
}

LoginRefused refusal(bool passing) {
  LoginRefused error(Exit::failed, "lun", passing ? "the target is not available yet" : "no such target");
  error.passing = passing;
  return error;
}

}  // namespace

TEST_CASE("the first login: a target that is not ready yet is asked five times") {
  const HandClock clock;
  ScriptedTarget target(clock);
  const auto begin = clock.now();
  target.at_try = [](const std::function<bool()>& keep_going) {
    CHECK(keep_going());
    throw refusal(true);
  };
  CHECK(error_of_begin(target, clock) == "the target is not available yet");
  CHECK(target.tried == 5);
  CHECK(clock.now() - begin == std::chrono::seconds(1 + 2 + 3 + 4));
}

TEST_CASE("the first login: it goes on once the target is ready") {
  const HandClock clock;
  ScriptedTarget target(clock);
  target.at_try = [&](const std::function<bool()>&) {
    if (target.tried < 3) throw refusal(true);
  };
  error_of_begin(target, clock);
  CHECK(target.tried == 3);
  REQUIRE(target.links.size() == 1);
  CHECK(target.last().commands > 0);
  CHECK_FALSE(target.last().open);
}

TEST_CASE("the first login: a refusal for good ends it at once") {
  const HandClock clock;
  ScriptedTarget target(clock);
  const auto begin = clock.now();
  target.at_try = [](const std::function<bool()>&) { throw refusal(false); };
  CHECK(error_of_begin(target, clock) == "no such target");
  CHECK(target.tried == 1);
  CHECK(clock.now() == begin);
}

TEST_CASE("the first login: one session at a time, also after a loss") {
  const HandClock clock;
  ScriptedTarget target(clock);
  target.at_login = [&](Link& link) {
    for (const auto& other : target.links) CHECK((other.get() == &link || !other->open));
    if (target.tried == 1) link.executed = {answer_of(CommandStatus::lost)};
  };
  error_of_begin(target, clock);
  CHECK(target.tried == 2);
}
