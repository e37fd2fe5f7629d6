// SPDX-License-Identifier: Apache-2.0
// A file system for fuzzing what looks for files of fixed names. Input: records of a byte that chooses the
// name, two bytes (little-endian) with the length of the content, and the content. The highest bit of the
// length makes a symbolic link of it.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/endian.h"
#include "core/error.h"
#include "filesystem/volume/file_tree.h"

namespace san::test {

using namespace san::filesystem;

class MadeUpTree final : public FileTree {
 public:
  MadeUpTree(std::span<const char* const> names, std::span<const std::byte> input) {
    directories_["/"];
    while (input.size() >= kHeader) {
      const std::string path = names[std::to_integer<std::size_t>(input[0]) % names.size()];
      const std::uint32_t field = *read_at<Integer<std::uint32_t, 3, std::endian::little>>(input, 1);
      const std::size_t length = std::min<std::size_t>(field & kLength, input.size() - kHeader);
      add(path, input.subspan(kHeader, length), field > kLength);
      input = input.subspan(kHeader + length);
    }
  }

  const std::string& name() const override { return name_; }
  std::optional<FileInfo> info(const std::string& path) override {
    FileInfo info;
    if (const auto file = files_.find(path); file != files_.end()) {
      info.kind = file->second.link ? FileInfo::Kind::symlink : FileInfo::Kind::file;
      info.size = file->second.content.size();
    } else if (directories_.contains(path)) {
      info.kind = FileInfo::Kind::directory;
    } else {
      return std::nullopt;
    }
    return info;
  }
  std::vector<DirectoryEntry> list(const std::string& path) override {
    std::vector<DirectoryEntry> entries;
    const auto found = directories_.find(path);
    if (found == directories_.end()) return entries;
    for (const std::string& one : found->second)
      entries.push_back({one, info(path == "/" ? "/" + one : path + "/" + one)->kind});
    return entries;
  }
  std::vector<std::byte> read(const std::string& path, std::uint64_t offset, std::uint64_t length) override {
    const auto file = files_.find(path);
    if (file == files_.end() || file->second.link) throw Error(Exit::failed, path, "is no file");
    const auto& content = file->second.content;
    if (offset >= content.size()) return {};
    const auto from = content.begin() + static_cast<std::ptrdiff_t>(offset);
    return {from,
            from + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(length, content.size() - offset))};
  }
  std::string link(const std::string& path) override {
    const auto file = files_.find(path);
    if (file == files_.end() || !file->second.link) throw Error(Exit::failed, path, "is no link");
    const auto& content = file->second.content;
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }

 private:
  static constexpr std::size_t kHeader = 4;
  static constexpr std::uint32_t kLength = 0x7FFFFF;

  struct File {
    std::vector<std::byte> content;
    bool link = false;
  };

  void add(const std::string& path, std::span<const std::byte> content, bool link) {
    files_[path] = {{content.begin(), content.end()}, link};
    for (std::string below = path; below != "/";) {
      const auto slash = below.rfind('/');
      const std::string above = slash == 0 ? "/" : below.substr(0, slash);
      directories_[above].insert(below.substr(slash + 1));
      below = above;
    }
  }

  std::string name_ = "made up";
  std::map<std::string, File> files_;
  std::map<std::string, std::set<std::string>> directories_;
};

}  // namespace san::test
