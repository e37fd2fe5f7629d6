// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace san::measure {

/// Verdict of a probe on one feature of a LUN.
enum class FeatureVerdict {
  works,
  not_supported,  ///< does not work, and is not declared
  false_claim,    ///< declared and does not work, or GOOD without the effect
  undeclared,     ///< works, though the LUN declares that it does not
  unknown,        ///< could not be determined
};
/// Returns "works", "not-supported" …: the words of the JSON document.
const char* to_string(FeatureVerdict verdict);

/// Feature and the verdict on it.
struct FeatureFinding {
  std::string id;                ///< for scripts: "unmap-4g"
  std::string name;              ///< for people: "UNMAP, 4 GiB at once"
  std::optional<bool> declared;  ///< empty if a LUN has no field that declares it
  FeatureVerdict verdict = FeatureVerdict::unknown;
  std::string evidence;  ///< observation: LBA ranges, sense data
  bool broken = false;   ///< with `unknown`: the target did not answer; the LUN itself may be conformant
};

/// Result of one trial.
struct Trial {
  enum class Outcome {
    done,     ///< the effect that the standard requires
    refused,  ///< the target refuses, or reports a failure
    wrong,    ///< the target answers GOOD without the effect
  };
  Outcome outcome = Outcome::done;
  std::string evidence;
};

/// Returns the verdict on a trial: GOOD without the effect is a false claim, declared or not; a refusal is
/// one only if the feature is declared.
FeatureVerdict judge_trial(std::optional<bool> declared, Trial::Outcome outcome);

/// Trial without a result; what() is the reason.
class Inconclusive : public std::runtime_error {
 public:
  /// Sets the reason. `broken`: the target did not answer, which makes other trials uncertain as well.
  explicit Inconclusive(const std::string& why, bool broken = false)
      : std::runtime_error(why), broken_(broken) {}
  bool broken() const { return broken_; }

 private:
  bool broken_;
};

/// Conclusion from all findings: `false_claim` if any is a false claim, else `unanswered` if a command got no
/// answer.
enum class Conclusion { honest, false_claim, unanswered };
/// Returns the conclusion from `findings`.
Conclusion conclude(const std::vector<FeatureFinding>& findings);

}  // namespace san::measure
