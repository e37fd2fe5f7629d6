// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "filesystem/volume/file_tree.h"

namespace san {

/// The files below a directory of this machine, as if that were "/".
std::unique_ptr<FileTree> directory_tree(const std::string& directory);

}  // namespace san
