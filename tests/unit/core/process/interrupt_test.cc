// SPDX-License-Identifier: Apache-2.0
#include "core/process/interrupt.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

using namespace san;

TEST_CASE("a signal is a flag while an instance lives") {
  CHECK_FALSE(Interrupt::requested());
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Interrupt interrupt;
    CHECK_NOTHROW(Interrupt::check("clone"));
    std::raise(signal);
    CHECK(Interrupt::requested());
    try {
      Interrupt::check("clone");
      FAIL("not thrown");
    } catch (const Error& error) {
      CHECK(error.code() == Exit::interrupted);
      CHECK(error.object() == "clone");
    }
  }
  CHECK_FALSE(Interrupt::requested());
}

TEST_CASE("signals of a dropped connection and of a file limit are ignored") {
  { const Interrupt interrupt; }
  std::raise(SIGPIPE);
  std::raise(SIGXFSZ);
}

TEST_CASE("a second signal ends the process at once, whichever it is") {
  for (const bool later : {true, false}) {
    const pid_t child = fork();
    if (child == 0) {
      const Interrupt interrupt;
      std::raise(SIGTERM);
      if (later) usleep(150'000);  // else it is the same one, passed on twice
      std::raise(SIGINT);
      _exit(Interrupt::requested() ? 7 : 8);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == (later ? 130 : 7));
  }
}
