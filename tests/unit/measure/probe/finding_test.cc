// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/finding.h"

#include <doctest/doctest.h>

namespace san {

using namespace san::measure;
namespace {

using Outcome = Trial::Outcome;

TEST_CASE("verdicts") {
  for (const std::optional<bool> declared :
       {std::optional(true), std::optional(false), std::optional<bool>()})
    CHECK(judge_trial(declared, Outcome::wrong) == FeatureVerdict::false_claim);
  CHECK(judge_trial(true, Outcome::done) == FeatureVerdict::works);
  CHECK(judge_trial(std::nullopt, Outcome::done) == FeatureVerdict::works);
  CHECK(judge_trial(false, Outcome::done) == FeatureVerdict::undeclared);
  CHECK(judge_trial(true, Outcome::refused) == FeatureVerdict::false_claim);
  CHECK(judge_trial(false, Outcome::refused) == FeatureVerdict::not_supported);
  CHECK(judge_trial(std::nullopt, Outcome::refused) == FeatureVerdict::not_supported);
}

TEST_CASE("one lie makes a liar, whatever else there is") {
  const auto finding = [](FeatureVerdict verdict, bool broken = false) {
    return FeatureFinding{"id", "name", {}, verdict, {}, broken};
  };
  CHECK(conclude({}) == Conclusion::honest);
  CHECK(conclude({finding(FeatureVerdict::works), finding(FeatureVerdict::not_supported),
                  finding(FeatureVerdict::undeclared), finding(FeatureVerdict::unknown)}) ==
        Conclusion::honest);
  CHECK(conclude({finding(FeatureVerdict::works), finding(FeatureVerdict::unknown, true)}) ==
        Conclusion::unanswered);
  CHECK(conclude({finding(FeatureVerdict::unknown, true), finding(FeatureVerdict::false_claim)}) ==
        Conclusion::false_claim);
}

}  // namespace
}  // namespace san
