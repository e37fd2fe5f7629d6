// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "preflight/run.h"
#include "tool.h"

namespace san {

/// Command line of sanboot-check.
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

/// Completes and checks options that depend on each other. Throws Error(usage).
void finish_options(CheckOptions& options);

}  // namespace san
