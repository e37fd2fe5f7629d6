// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/node_tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "core/units.h"
#include "filesystem/volume/file_path.h"

namespace san::filesystem {
namespace {

/// Entries of directories that are kept, in all: some 100 MiB at most.
constexpr std::size_t kMaxKept = std::size_t{1} << 20;

struct Directory {
  std::vector<NodeEntry> entries;                      ///< in the order of their names
  std::unordered_map<std::string, std::size_t> names;  ///< by key
};

class NodeTree final : public FileTree {
 public:
  NodeTree(std::string name, std::unique_ptr<NodeReader> reader)
      : name_(std::move(name)), reader_(std::move(reader)) {}

  const std::string& name() const override { return name_; }
  std::string label() override {
    return guarded("/", [&] { return reader_->label(); });
  }

  std::optional<FileInfo> info(const std::string& path) override {
    return guarded(path, [&]() -> std::optional<FileInfo> {
      const auto node = find(path);
      if (!node) return std::nullopt;
      return reader_->info(*node);
    });
  }

  std::vector<DirectoryEntry> list(const std::string& path) override {
    return guarded(path, [&] {
      std::vector<DirectoryEntry> entries;
      const auto node = find(path);
      if (!node || reader_->info(*node).kind != FileInfo::Kind::directory) return entries;
      for (const NodeEntry& entry : directory(*node).entries) entries.push_back({entry.name, entry.kind});
      return entries;
    });
  }

  std::vector<std::byte> read(const std::string& path, std::uint64_t offset, std::uint64_t length) override {
    return guarded(path, [&] {
      const auto node = find(path);
      if (!node) throw MetadataError{"no such file"};
      const FileInfo info = reader_->info(*node);
      if (info.kind != FileInfo::Kind::file) throw MetadataError{"not a regular file"};
      if (offset >= info.size) return std::vector<std::byte>{};
      length = std::min(length, info.size - offset);
      if (length > kMaxRead)
        throw MetadataError{
            fmt::format("{} are more than can be read of a file at a time", format_size(length))};
      std::vector<std::byte> bytes(static_cast<std::size_t>(length));
      reader_->read(*node, offset, bytes);
      return bytes;
    });
  }

  std::string link(const std::string& path) override {
    return guarded(path, [&] {
      const auto node = find(path);
      if (!node || reader_->info(*node).kind != FileInfo::Kind::symlink)
        throw MetadataError{"not a symbolic link"};
      return reader_->link(*node);
    });
  }

 private:
  template <typename Function>
  auto guarded(const std::string& path, Function&& function) -> decltype(function()) {
    try {
      return function();
    } catch (const MetadataError& reason) {
      throw Error(Exit::failed, name_ + ": " + path, reason.why);
    }
  }

  std::optional<std::uint64_t> find(const std::string& path) {
    const auto components = path_components(path);
    if (!components) return std::nullopt;
    std::uint64_t node = reader_->root();
    auto kind = FileInfo::Kind::directory;
    for (const std::string& component : *components) {
      if (kind != FileInfo::Kind::directory) return std::nullopt;
      const Directory& in = directory(node);
      const auto at = in.names.find(reader_->key(component));
      if (at == in.names.end()) return std::nullopt;
      const NodeEntry& entry = in.entries[at->second];
      node = entry.node;
      kind = entry.kind;
    }
    return node;
  }

  const Directory& directory(std::uint64_t node) {
    if (const auto at = directories_.find(node); at != directories_.end()) return at->second;
    Directory fresh;
    fresh.entries = reader_->entries(node);
    if (kept_ + fresh.entries.size() > kMaxKept) {
      directories_.clear();
      kept_ = 0;
    }
    std::stable_sort(fresh.entries.begin(), fresh.entries.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < fresh.entries.size(); ++i)
      fresh.names.emplace(reader_->key(fresh.entries[i].name), i);
    kept_ += fresh.entries.size() + 1;
    return directories_.emplace(node, std::move(fresh)).first->second;
  }

  std::string name_;
  std::unique_ptr<NodeReader> reader_;
  std::unordered_map<std::uint64_t, Directory> directories_;
  std::size_t kept_ = 0;
};

}  // namespace

std::unique_ptr<FileTree> node_tree(std::string name, std::unique_ptr<NodeReader> reader) {
  return std::make_unique<NodeTree>(std::move(name), std::move(reader));
}

}  // namespace san::filesystem
