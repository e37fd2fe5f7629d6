// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace san;

TEST_CASE("an error reads as object, cause, next step") {
  const Error error(Exit::refused, "/dev/sda", "is mounted", "unmount it");
  CHECK(std::string(error.what()) == "/dev/sda: is mounted; unmount it");
  CHECK(error.code() == Exit::refused);
  CHECK(error.object() == "/dev/sda");
  CHECK(error.cause() == "is mounted");
  CHECK(error.hint() == "unmount it");
  CHECK(std::string(Error(Exit::no, "", "differs").what()) == "differs");
  CHECK(std::string(Error(Exit::no, "a", "differs").what()) == "a: differs");
}

TEST_CASE("a copy says the same") {
  const Error error(Exit::failed, "disk", "broke");
  const Error copy(error);
  CHECK(std::string(copy.what()) == error.what());
  CHECK(copy.code() == Exit::failed);
}

TEST_CASE("system errors are words") {
  CHECK(errno_text(ENOENT) == "No such file or directory");
  const Error error = system_error("disk.img", "open it", EACCES, "look at its mode");
  CHECK(std::string(error.what()) == "disk.img: cannot open it: Permission denied; look at its mode");
  CHECK(error.code() == Exit::failed);
}

TEST_CASE("exit codes are those that scripts know") {
  CHECK(static_cast<int>(Exit::ok) == 0);
  CHECK(static_cast<int>(Exit::no) == 1);
  CHECK(static_cast<int>(Exit::usage) == 2);
  CHECK(static_cast<int>(Exit::failed) == 3);
  CHECK(static_cast<int>(Exit::refused) == 4);
  CHECK(static_cast<int>(Exit::resumable) == 5);
  CHECK(static_cast<int>(Exit::interrupted) == 130);
}
