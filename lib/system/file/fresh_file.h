// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "system/fd.h"

namespace san {

/// A file that is whole from the moment it has its name: it grows as PATH.partial in the same directory, and
/// is on stable storage before that is renamed. Without one of the two ends it is removed again. Nothing
/// follows symbolic links, neither at PATH nor at PATH.partial.
class FreshFile {
 public:
  /// Makes PATH.partial, of `mode` as far as the umask leaves it, and locks it. One that a killed process has
  /// left is removed first. Throws Error(refused) where a living process has it locked, Error(failed).
  FreshFile(std::string path, unsigned mode);
  ~FreshFile();
  FreshFile(const FreshFile&) = delete;
  FreshFile& operator=(const FreshFile&) = delete;

  int fd() const { return fd_.get(); }
  const std::string& partial() const { return partial_; }
  /// Writes `bytes` to its front. Throws Error(failed).
  void write(std::span<const std::byte> bytes);
  /// Gives it its name, unless something has that: then false, and nothing has changed. Throws Error(failed).
  [[nodiscard]] bool commit_new();
  /// Gives it its name in place of what may have had it. Throws Error(failed).
  void replace();

  /// Removes a PATH.partial that a killed process has left; not one that a living process writes.
  static void remove_stale(const std::string& path);

 private:
  void sync();

  std::string path_, partial_;
  Fd fd_;
  bool named_ = false;
};

}  // namespace san
