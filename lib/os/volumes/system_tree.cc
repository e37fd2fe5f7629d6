// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/system_tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>

#include "core/units.h"
#include "filesystem/volume/file_path.h"

namespace san::os {
namespace {

constexpr int kMaxLinks = 40;                 // MAXSYMLINKS of Linux
constexpr std::size_t kMaxComponents = 4096;  // PATH_MAX: no path of Linux has more
constexpr std::uint64_t kMaxFileText = MiB;

/// The components of `path`, in front of `rest`. ".." stays.
void push_components(std::deque<std::string>& rest, const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    std::string name = path.substr(at, end - at);
    at = end + 1;
    if (!name.empty() && name != ".") names.push_back(std::move(name));
  }
  rest.insert(rest.begin(), names.begin(), names.end());
}

/// Translates `path` into a path of the tree mounted at `directory`; nothing if it does not lie there.
std::optional<std::string> below(const std::string& path, const std::string& directory) {
  if (directory == "/") return path;
  if (path == directory) return "/";
  if (path.starts_with(directory) && path[directory.size()] == '/') return path.substr(directory.size());
  return std::nullopt;
}

}  // namespace

SystemTree::SystemTree(std::shared_ptr<filesystem::FileTree> root) {
  mounts_.push_back({"/", std::move(root)});
}

void SystemTree::mount(const std::string& directory, std::shared_ptr<filesystem::FileTree> tree) {
  std::string where = real_path(directory).value_or("");
  if (where.empty()) {
    const auto components = filesystem::path_components(directory);
    if (!components) throw Error(Exit::failed, directory, "nothing can be mounted there");
    where = filesystem::join_path(*components);
  }
  mounts_.push_back({std::move(where), std::move(tree)});
}

/// Returns the file at `real`, which has no link before its last component.
std::optional<SystemTree::FoundFile> SystemTree::look(const std::string& real) {
  const Mount* best = nullptr;
  std::string path;
  bool leads_to_mount = false;
  for (const Mount& mount : mounts_) {
    const auto inside = below(real, mount.directory);
    if (inside && (best == nullptr || mount.directory.size() >= best->directory.size())) {
      best = &mount;
      path = *inside;
    }
    leads_to_mount = leads_to_mount || below(mount.directory, real).has_value();
  }
  FoundFile found{.real = real, .tree = best->tree.get(), .path = path, .info = {}};
  const auto info = found.tree->info(path);
  if (!info && !leads_to_mount) return std::nullopt;
  if (info) found.info = *info;
  if (leads_to_mount) found.info.kind = filesystem::FileInfo::Kind::directory;
  return found;
}

std::optional<SystemTree::FoundFile> SystemTree::walk(const std::string& path, bool follow_last) {
  std::deque<std::string> rest;
  push_components(rest, path);
  std::vector<std::string> real;
  std::optional<FoundFile> found = look("/");
  int links = 0;
  while (!rest.empty()) {
    if (rest.size() + real.size() > kMaxComponents) return std::nullopt;
    if (!found || found->info.kind != filesystem::FileInfo::Kind::directory) return std::nullopt;
    const std::string name = std::move(rest.front());
    rest.pop_front();
    if (name.find('\0') != std::string::npos) return std::nullopt;
    if (name == "..") {
      if (!real.empty()) real.pop_back();
      found = look(filesystem::join_path(real));
      continue;
    }
    real.push_back(name);
    found = look(filesystem::join_path(real));
    if (!found || found->info.kind != filesystem::FileInfo::Kind::symlink || (rest.empty() && !follow_last))
      continue;
    if (++links > kMaxLinks) return std::nullopt;
    const std::string target = found->tree->link(found->path);
    if (target.empty()) return std::nullopt;
    push_components(rest, target);
    if (target.front() == '/')
      real.clear();
    else
      real.pop_back();
    found = look(filesystem::join_path(real));
  }
  return found;
}

std::optional<filesystem::FileInfo> SystemTree::info(const std::string& path) {
  const auto found = walk(path, true);
  if (!found) return std::nullopt;
  return found->info;
}

std::vector<filesystem::DirectoryEntry> SystemTree::list(const std::string& path) {
  const auto found = walk(path, true);
  if (!found || found->info.kind != filesystem::FileInfo::Kind::directory) return {};
  std::vector<filesystem::DirectoryEntry> entries = found->tree->list(found->path);
  for (const Mount& mount : mounts_) {
    // The first component of the mount's directory after this one, if it is below.
    const auto inside = below(mount.directory, found->real);
    if (!inside || *inside == "/") continue;
    const std::string name = inside->substr(1, inside->find('/', 1) - 1);
    const auto at = std::lower_bound(
        entries.begin(), entries.end(), name,
        [](const filesystem::DirectoryEntry& e, const std::string& n) { return e.name < n; });
    if (at != entries.end() && at->name == name)
      at->kind = filesystem::FileInfo::Kind::directory;
    else
      entries.insert(at, {name, filesystem::FileInfo::Kind::directory});
  }
  return entries;
}

std::optional<std::vector<std::byte>> SystemTree::read(const std::string& path, std::uint64_t limit) {
  const auto found = walk(path, true);
  if (!found || found->info.kind != filesystem::FileInfo::Kind::file) return std::nullopt;
  const auto too_large = [&] {
    return Error(Exit::failed, path, fmt::format("larger than {}", format_size(limit)));
  };
  if (found->info.size > limit) throw too_large();
  // One byte more than may be: files in /proc have more than their size says.
  auto bytes = found->tree->read(found->path, 0, limit + 1);
  if (bytes.size() > limit) throw too_large();
  return bytes;
}

std::optional<std::string> SystemTree::text(const std::string& path) {
  const auto bytes = read(path, kMaxFileText);
  if (!bytes) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

std::optional<std::string> SystemTree::real_path(const std::string& path) {
  const auto found = walk(path, true);
  if (!found) return std::nullopt;
  return found->real;
}

std::optional<std::string> SystemTree::link(const std::string& path) {
  const auto found = walk(path, false);
  if (!found || found->info.kind != filesystem::FileInfo::Kind::symlink) return std::nullopt;
  return found->tree->link(found->path);
}

}  // namespace san::os
