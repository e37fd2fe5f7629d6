// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "preflight/run.h"

namespace san::report {

/// Returns the remedies of the failed checks as a script for bash, to be read before it is run on the machine
/// from which the disk comes; each check has a function. Without an argument the script only prints its
/// steps; IDs or --all run them.
std::string remedy_script(const preflight::Report& report);

}  // namespace san::report
