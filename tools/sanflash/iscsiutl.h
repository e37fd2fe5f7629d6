// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tool.h"

namespace san {

/// True if the program was started under the name iscsiutl.
bool is_iscsiutl(const char* program);

/// Runs the program as iscsiutl. `sanflash` runs one of its own command lines and returns the exit code.
int run_iscsiutl(int argc, char** argv, const std::function<int(std::vector<std::string>)>& sanflash);

}  // namespace san
