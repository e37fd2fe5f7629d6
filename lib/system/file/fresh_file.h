// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "system/fd.h"

namespace san {

/// A file that is complete from the moment it has its name: it is written as PATH.partial in the same
/// directory, flushed to stable storage, and renamed. It is removed by the destructor unless commit_new() or
/// replace() succeeded. Symbolic links are not followed, neither at PATH nor at PATH.partial.
class FreshFile {
 public:
  /// Creates PATH.partial with `mode` (less the umask) and locks it. One that a killed process left is
  /// removed first. Throws Error(refused) if a running process has it locked, Error(failed) otherwise.
  FreshFile(std::string path, unsigned mode);
  ~FreshFile();
  FreshFile(const FreshFile&) = delete;
  FreshFile& operator=(const FreshFile&) = delete;

  int fd() const { return fd_.get(); }
  const std::string& partial() const { return partial_; }
  /// Writes `bytes` at offset 0. Throws Error(failed).
  void write(std::span<const std::byte> bytes);
  /// Flushes the file and renames it to PATH unless PATH exists: then returns false, and nothing has changed.
  /// Throws Error(failed).
  [[nodiscard]] bool commit_new();
  /// Flushes the file and renames it to PATH, replacing an existing file. Throws Error(failed).
  void replace();

  /// Removes a PATH.partial that a killed process left, but not one that a running process has locked. Throws
  /// Error(failed).
  static void remove_stale(const std::string& path);

 private:
  void sync();

  std::string path_, partial_;
  Fd fd_;
  bool named_ = false;
};

}  // namespace san
