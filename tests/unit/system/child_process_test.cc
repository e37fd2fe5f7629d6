// SPDX-License-Identifier: Apache-2.0
#include "system/child_process.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "block/device_checks.h"

using namespace san;
using std::chrono::milliseconds;

TEST_CASE("what a program says and how it ends") {
  ChildProcess child({"sh", "-c", "echo out; echo first >&2; echo last >&2; exit 3"}, "dash");
  const auto status = child.wait(milliseconds(5000));
  REQUIRE(status.has_value());
  CHECK(WEXITSTATUS(*status) == 3);
  CHECK(child.errors() == "first\nlast");
  CHECK(child.wait(milliseconds(0)) == status);
}

TEST_CASE("a program that is not there is named with its package") {
  const auto error = error_of([] { ChildProcess({"no-such-program", "x"}, "the-package"); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(error->object() == "no-such-program");
  CHECK(contains(error->hint(), "the-package"));
}

TEST_CASE("a listening descriptor arrives as number 3, with the right process id") {
  Fd listening(dup(STDERR_FILENO));
  ChildProcess child({"sh", "-c", "test -e /proc/self/fd/3 && echo $LISTEN_FDS $((LISTEN_PID - $$)) >&2"},
                     "dash", &listening);
  REQUIRE(child.wait(milliseconds(5000)).has_value());
  CHECK(child.errors() == "1 0");
}

TEST_CASE("the secrets of our own logins are not handed on") {
  setenv("LIBISCSI_CHAP_PASSWORD", "hunter2hunter2", 1);
  setenv("LIBISCSI_CHAP_TARGET_PASSWORD", "hunter2hunter2", 1);
  setenv("SANBOOT_TEST_VARIABLE", "handed on", 1);
  ChildProcess child({"env"}, "coreutils");
  for (const char* name :
       {"LIBISCSI_CHAP_PASSWORD", "LIBISCSI_CHAP_TARGET_PASSWORD", "SANBOOT_TEST_VARIABLE"})
    unsetenv(name);
  REQUIRE(child.wait(milliseconds(5000)).has_value());
  CHECK(contains(child.output(), "handed on"));
  CHECK_FALSE(contains(child.output(), "hunter2"));
}

TEST_CASE("it ends with its owner, and does not get the terminal's signals") {
  pid_t group = 0;
  {
    ChildProcess child({"sh", "-c", "echo $$ >&2; sleep 0.2"}, "dash");
    CHECK_FALSE(child.wait(milliseconds(10)).has_value());
    for (int i = 0; i < 100 && group == 0; ++i) {
      child.wait(milliseconds(10));
      group = child.errors().empty() ? 0 : std::stoi(child.errors());
    }
    REQUIRE(group > 0);
    CHECK(getpgid(group) != getpgrp());
  }
  CHECK(kill(group, 0) != 0);
}
