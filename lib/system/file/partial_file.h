// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/fd.h"

namespace san {

/// A file that grows as PATH.partial and gets its own name when it is complete, so that nothing that looks
/// whole is ever not. Without commit() it is removed at the end.
class PartialFile {
 public:
  /// Creates PATH.partial, with mode 0600, and locks it; one that an earlier process left is written anew. A
  /// PATH that is a symbolic link stands for what it points to. Throws Error.
  explicit PartialFile(const std::string& path);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  int fd() const { return fd_.get(); }
  /// Gives it its name, in place of what has had it, and brings that to stable storage. Throws Error(failed).
  void commit();

 private:
  /// Opens and locks the file of that name, which is the same one afterwards; `path` as it was typed, for
  /// messages.
  void open_locked(const std::string& path);

  std::string path_, partial_;
  Fd fd_;
  bool committed_ = false;
};

}  // namespace san
