// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/finding.h"

#include <algorithm>

namespace san::measure {

const char* to_string(FeatureVerdict verdict) {
  switch (verdict) {
    case FeatureVerdict::works:
      return "works";
    case FeatureVerdict::not_supported:
      return "not-supported";
    case FeatureVerdict::false_claim:
      return "lies";
    case FeatureVerdict::undeclared:
      return "undeclared";
    case FeatureVerdict::unknown:
      break;
  }
  return "unknown";
}

FeatureVerdict judge_trial(std::optional<bool> declared, Trial::Outcome outcome) {
  switch (outcome) {
    case Trial::Outcome::done:
      return declared == false ? FeatureVerdict::undeclared : FeatureVerdict::works;
    case Trial::Outcome::refused:
      return declared == true ? FeatureVerdict::false_claim : FeatureVerdict::not_supported;
    case Trial::Outcome::wrong:
      break;
  }
  return FeatureVerdict::false_claim;
}

Conclusion conclude(const std::vector<FeatureFinding>& findings) {
  const auto any = [&findings](auto&& matches) {
    return std::any_of(findings.begin(), findings.end(), matches);
  };
  if (any([](const FeatureFinding& f) { return f.verdict == FeatureVerdict::false_claim; }))
    return Conclusion::false_claim;
  return any([](const FeatureFinding& f) { return f.broken; }) ? Conclusion::unanswered : Conclusion::honest;
}

}  // namespace san::measure
