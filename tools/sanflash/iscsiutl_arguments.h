// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace san {

/// What a command line of iscsiutl stands for.
struct IscsiutlArguments {
  std::vector<std::vector<std::string>> work;  ///< command lines of sanflash, one after the other
  std::vector<std::string> update;             ///< of -up: interfaces whose option ROM is wanted
  std::string file;                            ///< of -file
  bool help = false, version = false;
};

/// Takes the arguments of iscsiutl apart. `nics` are the interfaces in the order of "sanflash list". Throws
/// Error(usage).
IscsiutlArguments parse_iscsiutl_arguments(const std::vector<std::string>& arguments,
                                           const std::vector<std::string>& nics);

}  // namespace san
