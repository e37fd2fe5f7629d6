// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "preflight/run.h"
#include "tool.h"

namespace san {

/// What the command line of sanboot-check says.
struct CheckOptions {
  CommonOptions common;
  preflight::SubjectOptions subject;
  preflight::RunOptions run;
  std::string firmware = "auto";
  std::string remedy;  ///< file; empty for none
  std::string report;  ///< HTML file; empty for none
  bool list = false;   ///< --list-checks
};

void add_options(CLI::App& app, CheckOptions& options);

/// Puts together what only counts as a whole. Throws Error(usage).
void finish_options(CheckOptions& options);

}  // namespace san
