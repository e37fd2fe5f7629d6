// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/file_path.h"

#include <algorithm>

namespace san::filesystem {

std::optional<std::vector<std::string>> path_components(const std::string& path) {
  std::vector<std::string> components;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    std::string name = path.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    if (name == ".." || name.find('\0') != std::string::npos) return std::nullopt;
    components.push_back(std::move(name));
  }
  return components;
}

std::string join_path(const std::vector<std::string>& components) {
  std::string path;
  for (const std::string& name : components) path += "/" + name;
  return path.empty() ? "/" : path;
}

}  // namespace san::filesystem
