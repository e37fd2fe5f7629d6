// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace san::nic {

/// What a classic command stands for.
struct ClassicCommand {
  std::vector<std::vector<std::string>> work;  ///< command lines of sanflash, one after the other
  std::vector<std::string> update;             ///< of -up: interfaces whose option ROM is wanted
  std::string file;                            ///< of -file
  bool help = false, version = false;
};

/// Takes the arguments of iscsiutl apart. `nics` are the interfaces in the order of "sanflash list". Throws
/// Error(usage).
ClassicCommand parse_classic(const std::vector<std::string>& arguments, const std::vector<std::string>& nics);

}  // namespace san::nic
