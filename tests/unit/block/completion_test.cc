// SPDX-License-Identifier: Apache-2.0
#include "block/completion.h"

#include <doctest/doctest.h>

#include <memory>

using namespace san;

TEST_CASE("what a completion holds is released before its call returns") {
  const auto buffer = std::make_shared<int>(1);
  int calls = 0;
  Completion done = [buffer, &calls](const Error*) { ++calls; };
  CHECK(buffer.use_count() == 2);
  done(nullptr);
  CHECK(calls == 1);
  CHECK(buffer.use_count() == 1);
}

TEST_CASE("work completes with success or with the error that it throws") {
  std::string cause = "none";
  const auto keep = [&cause](const Error* error) { cause = error != nullptr ? error->cause() : "none"; };
  complete_with(keep, [] {});
  CHECK(cause == "none");
  complete_with(keep, [] { throw Error(Exit::failed, "disk", "is gone"); });
  CHECK(cause == "is gone");
}
