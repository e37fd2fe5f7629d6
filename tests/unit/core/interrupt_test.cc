// SPDX-License-Identifier: Apache-2.0
#include "core/interrupt.h"

#include <doctest/doctest.h>

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
