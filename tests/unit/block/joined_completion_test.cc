// SPDX-License-Identifier: Apache-2.0
#include "block/joined_completion.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace san;

namespace {

/// A request, and what it was completed with.
struct Joined {
  std::vector<std::string> ends;
  std::shared_ptr<JoinedCompletion> whole = std::make_shared<JoinedCompletion>(
      [this](const Error* error) { ends.emplace_back(error != nullptr ? error->cause() : "good"); });
};

}  // namespace

TEST_CASE("a request without parts ends with what its maker says") {
  Joined joined;
  joined.whole->end(nullptr);
  CHECK(joined.ends == std::vector<std::string>{"good"});
}

TEST_CASE("a request ends once, with the last of its parts") {
  Joined joined;
  Completion first = JoinedCompletion::part(joined.whole), second = JoinedCompletion::part(joined.whole);
  first(nullptr);
  CHECK(joined.ends.empty());
  joined.whole->end(nullptr);
  CHECK(joined.ends.empty());
  second(nullptr);
  CHECK(joined.ends == std::vector<std::string>{"good"});
}

TEST_CASE("parts that end at once do not end what has more to come") {
  Joined joined;
  for (int i = 0; i < 3; ++i) JoinedCompletion::part(joined.whole)(nullptr);
  CHECK(joined.ends.empty());
  joined.whole->end(nullptr);
  CHECK(joined.ends == std::vector<std::string>{"good"});
}

TEST_CASE("the first error of a part is that of the request") {
  Joined joined;
  Completion first = JoinedCompletion::part(joined.whole), second = JoinedCompletion::part(joined.whole);
  const Error one(Exit::failed, "disk", "first"), two(Exit::failed, "disk", "second");
  second(&one);
  first(&two);
  joined.whole->end(nullptr);
  CHECK(joined.ends == std::vector<std::string>{"first"});
}

TEST_CASE("what a part holds is released with it") {
  const auto held = std::make_shared<int>(1);
  Joined joined;
  joined.whole = std::make_shared<JoinedCompletion>([held](const Error*) {});
  JoinedCompletion::part(joined.whole)(nullptr);
  joined.whole->end(nullptr);
  CHECK(held.use_count() == 1);
}
