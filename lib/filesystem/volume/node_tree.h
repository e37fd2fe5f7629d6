// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "filesystem/volume/file_tree.h"
#include "filesystem/volume/volume.h"

namespace san {

/// A name in a directory, and the number of what it names.
struct NodeEntry {
  std::string name;
  std::uint64_t node = 0;
  FileInfo::Kind kind = FileInfo::Kind::other;
};

/// One kind of file system, whose files have numbers. NodeTree makes a FileTree of it. Each function throws
/// MetadataError where what it reads contradicts itself, and Error where the device fails.
class NodeReader {
 public:
  NodeReader() = default;
  virtual ~NodeReader() = default;
  NodeReader(const NodeReader&) = delete;
  NodeReader& operator=(const NodeReader&) = delete;

  virtual std::string label() { return {}; }
  virtual std::uint64_t root() = 0;
  /// Of a number that entries() gave, or root().
  virtual FileInfo info(std::uint64_t node) = 0;
  /// Of a directory, without "." and "..", in any order.
  virtual std::vector<NodeEntry> entries(std::uint64_t node) = 0;
  /// Fills `into` with the bytes of a file from `offset` on. They lie within its size.
  virtual void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) = 0;
  /// Of a symbolic link.
  virtual std::string link(std::uint64_t node) = 0;
  /// Names are the same where their keys are.
  virtual std::string key(const std::string& name) { return name; }
};

/// `name` for messages.
std::unique_ptr<FileTree> node_tree(std::string name, std::unique_ptr<NodeReader> reader);

/// Entries that a directory may have; more are taken for damage.
inline constexpr std::size_t kMaxEntries = std::size_t{1} << 20;
/// Bytes that are read of a file at a time.
inline constexpr std::uint64_t kMaxRead = std::uint64_t{1} << 30;

}  // namespace san
