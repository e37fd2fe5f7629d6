// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "preflight/check/check.h"
#include "preflight/check/verdict.h"
#include "preflight/facts/subject.h"

namespace san::preflight {

/// Selection of checks: ids ("LNX-03") or families ("LNX"), case ignored.
struct RunOptions {
  std::vector<std::string> only;  ///< empty for all
  std::vector<std::string> skip;
};

/// Results of a run.
struct Report {
  std::string device;      ///< as the user named it; empty for none
  std::uint64_t size = 0;  ///< size of the device in bytes; 0 if not known
  std::string profile;     ///< file; empty for none
  bool live = false;       ///< true if this machine was examined
  std::optional<boot::Firmware> firmware;
  BootNic nic;
  std::vector<std::string> systems;  ///< names of the recognised operating systems
  std::vector<Result> results;       ///< in the order of all_checks(); with --only, no others
  Verdict verdict;
  std::uint64_t bytes_read = 0;  ///< from the device
  double seconds = 0;
};

/// Evaluates the checks. A check of a scope that the options do not ask for is not applicable; a check that
/// throws an Error is unknown, with its text. Failing to open a LUN is a result, which the TGT checks
/// explain; failing to open a file throws. Throws Error(usage) for an id that no check has, for options that
/// give nothing to examine, and for an invalid profile or --nic; Error(failed) if the image cannot be
/// examined; Error(interrupted).
Report run(Subject& subject, const RunOptions& options);

/// Throws Error(usage), which suggests the nearest id, for an id that is neither a check nor a family.
/// `option` is the option that contained it.
void check_ids(const std::vector<std::string>& ids, const std::string& option);

}  // namespace san::preflight
