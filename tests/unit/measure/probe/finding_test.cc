// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/finding.h"

#include <doctest/doctest.h>

namespace san {
namespace {

using Outcome = Trial::Outcome;

TEST_CASE("verdicts") {
  for (const std::optional<bool> declared :
       {std::optional(true), std::optional(false), std::optional<bool>()})
    CHECK(judge_trial(declared, Outcome::wrong) == Verdict::lies);
  CHECK(judge_trial(true, Outcome::done) == Verdict::works);
  CHECK(judge_trial(std::nullopt, Outcome::done) == Verdict::works);
  CHECK(judge_trial(false, Outcome::done) == Verdict::undeclared);
  CHECK(judge_trial(true, Outcome::refused) == Verdict::lies);
  CHECK(judge_trial(false, Outcome::refused) == Verdict::not_supported);
  CHECK(judge_trial(std::nullopt, Outcome::refused) == Verdict::not_supported);
}

TEST_CASE("one lie makes a liar, whatever else there is") {
  const auto finding = [](Verdict verdict, bool broken = false) {
    return Finding{"id", "name", {}, verdict, {}, broken};
  };
  CHECK(conclude({}) == Conclusion::honest);
  CHECK(conclude({finding(Verdict::works), finding(Verdict::not_supported), finding(Verdict::undeclared),
                  finding(Verdict::unknown)}) == Conclusion::honest);
  CHECK(conclude({finding(Verdict::works), finding(Verdict::unknown, true)}) == Conclusion::unanswered);
  CHECK(conclude({finding(Verdict::unknown, true), finding(Verdict::lies)}) == Conclusion::lies);
}

}  // namespace
}  // namespace san
