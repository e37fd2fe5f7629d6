// SPDX-License-Identifier: Apache-2.0
#include "core/unique_function.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using san::UniqueFunction;

TEST_CASE("a function holds what can only be moved, and is empty after it was moved") {
  UniqueFunction<int(int)> first = [held = std::make_unique<int>(40)](int more) { return *held + more; };
  static_assert(!std::is_copy_constructible_v<UniqueFunction<int(int)>>);
  UniqueFunction<int(int)> second = std::move(first);
  CHECK(!first);
  CHECK(second);
  CHECK(second(2) == 42);
  CHECK(second(3) == 43);
}

TEST_CASE("a function keeps the state of a mutable lambda, and passes references on") {
  const UniqueFunction<int()> count = [calls = 0]() mutable { return ++calls; };
  CHECK(count() == 1);
  CHECK(count() == 2);
  std::string text = "a";
  const UniqueFunction<void(std::string&)> change = [](std::string& one) { one += "b"; };
  change(text);
  CHECK(text == "ab");
}

TEST_CASE("what a function holds is released with it") {
  const auto watched = std::make_shared<int>(1);
  UniqueFunction<void()> function = [watched] {};
  CHECK(watched.use_count() == 2);
  function = {};
  CHECK(watched.use_count() == 1);
}
