// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tool.h"

namespace san {

/// Whether the program was started under the name iscsiutl.
bool is_iscsiutl(const char* program);

/// The program under that name. `sanflash` runs one of its own command lines and returns the exit code.
int run_iscsiutl(int argc, char** argv, const std::function<int(std::vector<std::string>)>& sanflash);

}  // namespace san
