// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace san {

/// What a probe thinks of one feature of a LUN.
enum class Verdict {
  works,
  not_supported,  ///< does not, and does not say it would
  lies,           ///< is declared and does not work, or answers GOOD and does something else
  undeclared,     ///< works, though the LUN says it does not
  unknown,        ///< could not be told
};
/// "works", "not-supported" …: the words of the JSON document.
const char* to_string(Verdict verdict);

/// One feature and what became of it.
struct Finding {
  std::string id;                ///< for scripts: "unmap-4g"
  std::string name;              ///< for people: "UNMAP, 4 GiB at once"
  std::optional<bool> declared;  ///< nothing: there is no place where a LUN says so
  Verdict verdict = Verdict::unknown;
  std::string evidence;  ///< what was seen: LBA ranges, sense data
  bool broken = false;  ///< with `unknown`: because the target did not answer, not because of what the LUN is
};

/// How a trial ended.
struct Trial {
  enum class Outcome {
    done,     ///< as the standard has it
    refused,  ///< the target says no, or fails
    wrong,    ///< the target says yes, and it is not so
  };
  Outcome outcome = Outcome::done;
  std::string evidence;
};

/// What follows: an answer GOOD to something that was not done is a lie, declared or not; a refusal is one
/// only of what is declared.
Verdict judge_trial(std::optional<bool> declared, Trial::Outcome outcome);

/// A trial that came to no end; what() says why.
class Inconclusive : public std::runtime_error {
 public:
  /// `broken`: the target did not answer, so that more than this trial is in doubt.
  explicit Inconclusive(const std::string& why, bool broken = false)
      : std::runtime_error(why), broken_(broken) {}
  bool broken() const { return broken_; }

 private:
  bool broken_;
};

/// What the findings come to: a lie, however much else works, and after that what was not answered.
enum class Conclusion { honest, lies, unanswered };
Conclusion conclude(const std::vector<Finding>& findings);

}  // namespace san
