// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san::target {

/// DIRECTORY/NAME
std::string below(std::string_view directory, std::string_view name);

/// The directory through which Linux' own target is set up (Documentation/target and
/// Documentation/filesystems/ configfs.rst of the kernel): a directory is an object, a file an attribute of
/// it, a symbolic link a use of one object by another. Paths are relative to the root. What the kernel
/// refuses is thrown as Error(failed) that names the file and what was to be done; the value never stands in
/// it, as it may be a secret.
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
  /// Names of the entries, sorted; none where there is no such directory.
  std::vector<std::string> directories(std::string_view path) const;
  std::vector<std::string> links(std::string_view path) const;
  /// Names of the attributes that their owner can both read and write, sorted.
  std::vector<std::string> settings(std::string_view path) const;
  /// What a link points to, as an absolute path without links in it; empty where it points to nothing.
  std::string resolve(std::string_view path) const;

  /// An attribute's value without white space at its ends; at most 64 KiB of it.
  std::string read(std::string_view path) const;
  /// The same, or `missing` where the kernel has no such attribute or does not let it be read.
  std::string read_or(std::string_view path, std::string_view missing) const;

  /// Makes an object; its parent exists. One that exists already is an error.
  virtual void make_directory(std::string_view path);
  virtual void remove_directory(std::string_view path);
  /// Writes an attribute by one write(), which is one order to the kernel. It has to exist.
  virtual void write(std::string_view path, std::string_view value);
  virtual void make_link(std::string_view object, std::string_view path);
  virtual void remove_link(std::string_view path);

 private:
  std::string root_;
};

}  // namespace san::target
