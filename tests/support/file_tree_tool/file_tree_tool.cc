// SPDX-License-Identifier: Apache-2.0
// What the library reads of a disk or image, for comparing with what others read.
//   file_tree_tool volumes DEVICE                  a line a volume: "name|type|uuid|label|why there are no
//   files" file_tree_tool copy DEVICE VOLUME DIR          copies all files of a volume ("", "partition 3",
//   "vg0/root") to DIR file_tree_tool list DEVICE VOLUME PATH         the names in a directory, with kinds
//   file_tree_tool cat DEVICE VOLUME PATH…         the files' content
// VOLUME may end with "#SUBVOLUME". Bytes read from the device are told on stderr.
#include <fmt/core.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "block/device_filter.h"
#include "open/open_device.h"
#include "os/volumes/volumes.h"

namespace {

using san::filesystem::FileInfo;

/// Counts what is read.
class Counter final : public san::ReadableFilter {
 public:
  using ReadableFilter::ReadableFilter;
  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    bytes += into.size();
    ++requests;
    below_.read(offset, into, std::move(done));
  }

  std::atomic<std::uint64_t> bytes = 0, requests = 0;
};

const char* word(FileInfo::Kind kind) {
  switch (kind) {
    case FileInfo::Kind::file:
      return "file";
    case FileInfo::Kind::directory:
      return "directory";
    case FileInfo::Kind::symlink:
      return "symlink";
    default:
      return "other";
  }
}

void write_file(san::filesystem::FileTree& tree, const std::string& path, std::uint64_t size,
                const std::string& to) {
  std::ofstream out(to, std::ios::binary);
  constexpr std::uint64_t kPiece = 3'000'001;  // not a multiple of anything
  for (std::uint64_t at = 0; at < size; at += kPiece) {
    const auto bytes = tree.read(path, at, kPiece);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

/// Modes and times are listed in "DIR.list", as find -printf '%p %y %s %T@ %m' would.
void copy(san::filesystem::FileTree& tree, const std::string& path, const std::string& to,
          std::ostream& list) {
  for (const san::filesystem::DirectoryEntry& entry : tree.list(path)) {
    const std::string from = (path == "/" ? "" : path) + "/" + entry.name, name = to + "/" + entry.name;
    const auto info = tree.info(from);
    if (!info || info->kind != entry.kind)
      throw san::Error(san::Exit::failed, from, "is listed as another kind");
    list << fmt::format("{} {} {} {} {:o}\n", from, word(info->kind),
                        info->kind == FileInfo::Kind::file ? info->size : 0, info->mtime, info->mode);
    if (info->kind == FileInfo::Kind::directory) {
      std::filesystem::create_directory(name);
      copy(tree, from, name, list);
    } else if (info->kind == FileInfo::Kind::symlink) {
      std::filesystem::create_symlink(tree.link(from), name);
    } else if (info->kind == FileInfo::Kind::file) {
      write_file(tree, from, info->size, name);
    }
  }
}

std::shared_ptr<san::filesystem::FileTree> tree_of(const san::os::DiskContent& content, std::string name) {
  std::string subvolume;
  if (const auto hash = name.find('#'); hash != std::string::npos) {
    subvolume = name.substr(hash + 1);
    name.resize(hash);
  }
  for (const auto& volume : content.volumes) {
    if (volume.name != (name.empty() ? "whole device" : name)) continue;
    if (!volume.files) throw san::Error(san::Exit::failed, name, volume.why_none);
    return subvolume.empty() ? volume.files : volume.open_subvolume(subvolume, false);
  }
  throw san::Error(san::Exit::usage, name, "there is no such volume");
}

int run(const std::vector<std::string>& arguments, const san::os::DiskContent& content) {
  const std::string& verb = arguments.at(0);
  if (verb == "volumes") {
    for (const auto& v : content.volumes)
      fmt::print("{}|{}|{}|{}|{}\n", v.name, v.type, v.uuid, v.label, v.why_none);
    return 0;
  }
  const auto tree = tree_of(content, arguments.at(2));
  if (verb == "copy") {
    std::ofstream list(arguments.at(3) + ".list");
    copy(*tree, "/", arguments.at(3), list);
  } else if (verb == "list") {
    for (const auto& entry : tree->list(arguments.at(3))) fmt::print("{} {}\n", word(entry.kind), entry.name);
  } else if (verb == "cat") {
    for (std::size_t i = 3; i < arguments.size(); ++i) {
      const auto info = tree->info(arguments[i]);
      const auto bytes = tree->read(arguments[i], 0, info ? info->size : 0);
      std::cout.write(reinterpret_cast<const char*>(bytes.data()),
                      static_cast<std::streamsize>(bytes.size()));
    }
  } else {
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  san::OpenOptions options;
  options.look_only = true;
  const auto device = san::open_for_reading(arguments.at(1), options);
  Counter counter(*device);
  const auto content = san::os::read_disk_content(counter);
  const int code = run(arguments, content);
  fmt::print(stderr, "{} bytes in {} requests\n", counter.bytes.load(), counter.requests.load());
  return code;
} catch (const san::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
} catch (const std::out_of_range&) {
  return 2;
}
