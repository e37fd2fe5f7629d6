// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace san::filesystem {

/// Splits `path` into its names, without empty ones and ".". Returns nothing if a name is ".." or has a zero
/// byte in it: no file tree has such a file.
std::optional<std::vector<std::string>> path_components(const std::string& path);

/// Joins names into a path: "/a/b" for {"a", "b"}, "/" for none.
std::string join_path(const std::vector<std::string>& components);

}  // namespace san::filesystem
