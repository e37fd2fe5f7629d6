// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/finding.h"

#include <algorithm>

namespace san {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::works:
      return "works";
    case Verdict::not_supported:
      return "not-supported";
    case Verdict::lies:
      return "lies";
    case Verdict::undeclared:
      return "undeclared";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

Verdict judge_trial(std::optional<bool> declared, Trial::Outcome outcome) {
  switch (outcome) {
    case Trial::Outcome::done:
      return declared == false ? Verdict::undeclared : Verdict::works;
    case Trial::Outcome::refused:
      return declared == true ? Verdict::lies : Verdict::not_supported;
    case Trial::Outcome::wrong:
      break;
  }
  return Verdict::lies;
}

Conclusion conclude(const std::vector<Finding>& findings) {
  const auto any = [&findings](auto&& matches) {
    return std::any_of(findings.begin(), findings.end(), matches);
  };
  if (any([](const Finding& f) { return f.verdict == Verdict::lies; })) return Conclusion::lies;
  return any([](const Finding& f) { return f.broken; }) ? Conclusion::unanswered : Conclusion::honest;
}

}  // namespace san
