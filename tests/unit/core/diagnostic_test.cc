// SPDX-License-Identifier: Apache-2.0
#include "core/diagnostic.h"

#include <doctest/doctest.h>

using namespace san;

TEST_CASE("the worst comes first, and else the order stays") {
  Diagnostics all = {{Severity::info, "a", "1"},
                     {Severity::error, "b", "2"},
                     {Severity::warning, "c", "3"},
                     {Severity::error, "d", "4"},
                     {Severity::info, "e", "5"}};
  sort_worst_first(all);
  std::string order;
  for (const Diagnostic& one : all) order += one.where;
  CHECK(order == "bdcae");
}

TEST_CASE("an error is one, whatever stands beside it; warnings are none") {
  CHECK_FALSE(has_errors({}));
  CHECK_FALSE(has_errors({{Severity::warning, "", "w"}, {Severity::info, "", "i"}}));
  CHECK(has_errors({{Severity::info, "", "i"}, {Severity::error, "", "e"}}));
  CHECK(has_errors({{Severity::blocker, "", "b"}}));
}

TEST_CASE("each severity has one word") {
  CHECK(severity_name(Severity::error) == std::string("error"));
  CHECK(severity_name(Severity::warning) == std::string("warning"));
  CHECK(severity_name(Severity::info) == std::string("info"));
}
