// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace san {

/// The names in `path`, without empty ones and ".". Nothing where one is ".." or has a zero byte in it: no
/// file tree has such a file.
std::optional<std::vector<std::string>> path_components(const std::string& path);

/// "/a/b" for {"a", "b"}; "/" for none.
std::string join_path(const std::vector<std::string>& components);

}  // namespace san
