// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san::target {

/// Returns DIRECTORY/NAME.
std::string below(std::string_view directory, std::string_view name);

/// The directory through which the target of the Linux kernel is configured (Documentation/target and
/// Documentation/filesystems/configfs.rst of the kernel): a directory is an object, a file an attribute of
/// it, a symbolic link a use of one object by another. Paths are relative to the root. If the kernel refuses
/// an operation, Error(failed) is thrown that names the file and the operation, never the value, which may be
/// a secret.
class Configfs {
 public:
  explicit Configfs(std::string root) : root_(std::move(root)) {}
  virtual ~Configfs() = default;
  Configfs(const Configfs&) = delete;
  Configfs& operator=(const Configfs&) = delete;

  const std::string& root() const { return root_; }
  std::string full(std::string_view path) const;

  bool is_directory(std::string_view path) const;
  bool exists(std::string_view path) const;
  /// Returns the names of the subdirectories, sorted; empty if there is no such directory.
  std::vector<std::string> directories(std::string_view path) const;
  /// Returns the names of the symbolic links, sorted; empty if there is no such directory.
  std::vector<std::string> links(std::string_view path) const;
  /// Returns the names of the attributes that their owner can both read and write, sorted.
  std::vector<std::string> settings(std::string_view path) const;
  /// Returns the destination of a link as an absolute path without links in it; empty for a dangling link.
  std::string resolve(std::string_view path) const;

  /// Returns the value of an attribute without white space at its ends; at most 64 KiB of it.
  std::string read(std::string_view path) const;
  /// Returns the value of an attribute, or `missing` if the kernel has no such attribute or does not allow
  /// reading it.
  std::string read_or(std::string_view path, std::string_view missing) const;

  /// Makes an object, whose parent must exist. Throws if it exists already.
  virtual void make_directory(std::string_view path);
  virtual void remove_directory(std::string_view path);
  /// Writes an attribute, which must exist, by one write(): one command to the kernel.
  virtual void write(std::string_view path, std::string_view value);
  virtual void make_link(std::string_view object, std::string_view path);
  virtual void remove_link(std::string_view path);

 private:
  std::string root_;
};

}  // namespace san::target
