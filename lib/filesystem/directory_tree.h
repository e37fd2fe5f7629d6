// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "filesystem/volume/file_tree.h"

namespace san::filesystem {

/// Opens the files below a directory of this machine, with that directory as "/".
std::unique_ptr<FileTree> directory_tree(const std::string& directory);

}  // namespace san::filesystem
