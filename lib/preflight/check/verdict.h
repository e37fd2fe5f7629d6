// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "preflight/check/check.h"

namespace san::preflight {

/// A check and its outcome.
struct Result {
  const Check* check = nullptr;
  Outcome outcome;
  Severity severity = Severity::info;  ///< severity in this case
  bool examined = true;                ///< false if no scope of the check was examined
};

/// Returns the headline of a result in reports for people: the title where the check fails, the good case
/// where it passes, "whether …" where it was not judged.
std::string heading(const Result& result);

/// The verdict of a run and its scopes.
struct Verdict {
  bool ready = false;
  std::size_t blockers = 0;  ///< blockers that failed
  std::size_t unknown = 0;   ///< blockers that could not be evaluated
  std::size_t passed = 0;    ///< passed checks of any severity
  /// True if a disk was examined and no operating system was recognised on it: not READY, even if the check
  /// that reports it was skipped.
  bool no_system = false;
  std::vector<Scope> examined, missed;
  std::vector<std::string> only;     ///< arguments of --only; empty for all checks
  std::vector<std::string> skipped;  ///< ids of skipped checks

  /// Returns the scopes that were not examined, and the options that would: "machine (run --live there),
  /// proof (--rehearse)". "everything else" after --only; empty if everything was examined.
  std::string not_examined() const;

  /// Returns the verdict as a line: "READY for disk, plan, target; not examined: machine (run --live there),
  /// proof (--rehearse)" or "NOT READY: 2 blockers, 1 unknown".
  std::string line() const;
};

/// Derives the verdict from the results. READY requires at least one passed check (with `only`, a failed
/// warning counts, too): if nothing could be judged, it is NOT READY.
Verdict judge(const std::vector<Result>& results, std::vector<Scope> examined, std::vector<Scope> missed,
              std::vector<std::string> only, bool no_system = false);

}  // namespace san::preflight
