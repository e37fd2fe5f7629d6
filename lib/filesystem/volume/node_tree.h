// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "filesystem/volume/file_tree.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// One name in a directory, and the number of the file that has it.
struct NodeEntry {
  std::string name;
  std::uint64_t node = 0;
  FileInfo::Kind kind = FileInfo::Kind::other;
};

/// Reader of a file system whose files have numbers; node_tree() makes a FileTree of it. Each function throws
/// MetadataError if what it reads contradicts itself, and Error if the device fails.
class NodeReader {
 public:
  NodeReader() = default;
  virtual ~NodeReader() = default;
  NodeReader(const NodeReader&) = delete;
  NodeReader& operator=(const NodeReader&) = delete;

  virtual std::string label() { return {}; }
  virtual std::uint64_t root() = 0;
  /// Returns type and size of a file; `node` is root() or comes from entries().
  virtual FileInfo info(std::uint64_t node) = 0;
  /// Returns the entries of a directory, without "." and "..", in any order.
  virtual std::vector<NodeEntry> entries(std::uint64_t node) = 0;
  /// Fills `into` with the bytes of a file from `offset` on. They lie within its size.
  virtual void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) = 0;
  /// Returns the target of a symbolic link.
  virtual std::string link(std::uint64_t node) = 0;
  /// Returns the form of `name` in which names are compared.
  virtual std::string key(const std::string& name) { return name; }
};

/// Makes a tree of paths of `reader`; `name` is for messages.
std::unique_ptr<FileTree> node_tree(std::string name, std::unique_ptr<NodeReader> reader);

/// Most entries that a directory may have; more count as damage.
inline constexpr std::size_t kMaxEntries = std::size_t{1} << 20;
/// Most bytes of a file that are read at a time.
inline constexpr std::uint64_t kMaxRead = std::uint64_t{1} << 30;

}  // namespace san::filesystem
