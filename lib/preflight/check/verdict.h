// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "preflight/check/check.h"

namespace san::preflight {

/// A check and what became of it.
struct Result {
  const Check* check = nullptr;
  Outcome outcome;
  Severity severity = Severity::info;  ///< in this case
};

/// Returns the headline of a result in reports for people: the title where the check fails, the good case
/// where it passes, "whether …" where it was not judged.
std::string heading(const Result& result);

/// READY or not, and for what.
struct Verdict {
  bool ready = false;
  std::size_t blockers = 0;  ///< that failed
  std::size_t unknown = 0;   ///< blockers that could not be evaluated
  std::size_t passed = 0;    ///< checks of any severity
  /// A disk was examined, and no operating system was recognised on it: not READY, even where the check that
  /// says so was skipped.
  bool no_system = false;
  std::vector<Scope> examined, missed;
  std::vector<std::string> only;     ///< what --only named; empty for everything
  std::vector<std::string> skipped;  ///< ids

  /// The scopes that were not examined, and how they could be: "machine (run --live there), proof
  /// (--rehearse)". "everything else" after --only; empty where everything was examined.
  std::string not_examined() const;

  /// "READY for disk, plan, target; not examined: machine (run --live there), proof (--rehearse)" or
  /// "NOT READY: 2 blockers, 1 unknown".
  std::string line() const;
};

/// What the results come to. Only what passed can make it READY: where nothing could be judged, it is not.
Verdict judge(const std::vector<Result>& results, std::vector<Scope> examined, std::vector<Scope> missed,
              std::vector<std::string> only, bool no_system = false);

}  // namespace san::preflight
