// SPDX-License-Identifier: Apache-2.0
#include "sanboot/error.h"

#include <doctest/doctest.h>

#include "sanboot/version.h"

using namespace san;

TEST_CASE("an error is told in parts, and as one line") {
  const CloneError error(ErrorCode::refused, "disk.img", "is in use", "stop it");
  CHECK(error.code() == ErrorCode::refused);
  CHECK(error.object() == "disk.img");
  CHECK(error.cause() == "is in use");
  CHECK(error.advice() == "stop it");
  CHECK(std::string(error.what()) == "disk.img: is in use; stop it");
  CHECK(std::string(CloneError(ErrorCode::failed, "", "out of order", "").what()) == "out of order");
}

TEST_CASE("copies outlive what they were made from") {
  CloneError copy(ErrorCode::failed, "", "", "");
  {
    const CloneError error(ErrorCode::wrong, "lun", "differs", "");
    copy = error;
    const CloneError again(copy);
    CHECK(again.object() == "lun");
  }
  CHECK(std::string(copy.what()) == "lun: differs");
  CHECK(copy.code() == ErrorCode::wrong);
}

TEST_CASE("the version has three numbers") {
  CHECK(std::string(version()).find_first_not_of("0123456789.") == std::string::npos);
}
