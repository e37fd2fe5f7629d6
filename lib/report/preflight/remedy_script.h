// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "preflight/run.h"

namespace san::preflight {

/// The remedies of what failed as a script for bash, to be read before it is run on the machine whose disk it
/// was: a function a check. Without an argument it only says what it would do; IDs or --all do it.
std::string remedy_script(const Report& report);

}  // namespace san::preflight
