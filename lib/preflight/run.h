// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "preflight/check/check.h"
#include "preflight/check/verdict.h"
#include "preflight/facts/subject.h"

namespace san::preflight {

/// Which checks are evaluated: ids ("LNX-03") or families ("LNX"), in any case.
struct RunOptions {
  std::vector<std::string> only;  ///< empty for all
  std::vector<std::string> skip;
};

/// What a run found.
struct Report {
  std::string device;      ///< as the user named it; empty for none
  std::uint64_t size = 0;  ///< of it, bytes; 0 where not known
  std::string profile;     ///< file; empty for none
  bool live = false;       ///< this machine was examined
  std::optional<boot::Firmware> firmware;
  BootNic nic;
  std::vector<std::string> systems;  ///< operating systems that were recognised, for people
  std::vector<Result> results;       ///< in the order of all_checks(); with --only, no others
  Verdict verdict;
  std::uint64_t bytes_read = 0;  ///< from the device
  double seconds = 0;
};

/// Evaluates the checks. A check of a scope that the options don't ask for is not applicable; one that
/// throws an Error is unknown, with its text. A LUN that cannot be opened is a result (the target's checks
/// say why); a file that cannot be is none. Throws Error(usage) for an id that no check has, for options that
/// give nothing to examine, for a profile or a --nic that is wrong; Error(failed) where the image cannot be
/// examined; Error(interrupted).
Report run(Subject& subject, const RunOptions& options);

/// Throws Error(usage) with the nearest id for one that neither a check nor a family has; `option` is where
/// it was given.
void check_ids(const std::vector<std::string>& ids, const std::string& option);

}  // namespace san::preflight
