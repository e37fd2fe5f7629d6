// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/fd.h"

namespace san {

/// A file that is written as PATH.partial and renamed when it is complete, so that no incomplete file has the
/// final name. It is removed by the destructor unless commit() succeeded.
class PartialFile {
 public:
  /// Creates PATH.partial with mode 0600 and locks it; one that an earlier process left is overwritten. If
  /// PATH is a symbolic link, its target is used. Throws Error: usage if the directory does not exist,
  /// refused if PATH.partial is not a regular file or is locked by another process, failed otherwise.
  explicit PartialFile(const std::string& path);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  int fd() const { return fd_.get(); }
  /// Renames the file to its final name, replacing an existing one, and flushes the directory; flushing the
  /// content is up to the caller. Throws Error(failed).
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
