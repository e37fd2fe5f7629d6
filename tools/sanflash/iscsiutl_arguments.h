// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace san {

/// Meaning of a command line of iscsiutl.
struct IscsiutlArguments {
  std::vector<std::vector<std::string>> work;  ///< command lines of sanflash, to be run in this order
  std::vector<std::string> update;             ///< of -up: interfaces whose option ROM is to be updated
  std::string file;                            ///< of -file
  bool help = false, version = false;
};

/// Parses the arguments of iscsiutl. `nics` are the interfaces in the order of "sanflash list". Throws
/// Error(usage).
IscsiutlArguments parse_iscsiutl_arguments(const std::vector<std::string>& arguments,
                                           const std::vector<std::string>& nics);

}  // namespace san
