// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "system/fd.h"
#include "system/file/atomic_file.h"
#include "system/file/new_file.h"

namespace san::copy {

/// File that one process at a time works with, and that is replaced as a whole: the new content is written
/// beside it and renamed over it, so that a crash leaves one or the other. Throws Error(failed), unless said
/// otherwise. Not thread-safe.
class MapFile {
 public:
  /// Opens and locks `path`. Creates it empty (mode 0600) if it does not exist, and removes it again if
  /// nothing replaces it. A symbolic link is kept: its target is replaced. Throws Error(refused) if another
  /// process has the lock, Error(usage) if it is not a regular file.
  static MapFile open(const std::string& path);
  /// Creates a new, empty file beside it, locked; replace() gives it the name.
  MapFile successor() const;
  /// Renames `successor` over the file; its content survives a crash on return.
  void replace(MapFile successor);

  const std::string& name() const { return name_; }
  int fd() const { return draft_ ? draft_->fd() : fd_.get(); }
  /// Returns the bytes of the file.
  std::uint64_t size() const;
  /// Fills `into` from `offset` on, and returns the bytes read: fewer only at the end of the file.
  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, std::span<const std::byte> from) const;
  /// Cuts the file, or extends it by a hole.
  void resize(std::uint64_t bytes) const;
  /// Flushes the content: it survives a crash on return.
  void sync() const;

 private:
  MapFile(std::string name, std::string resolved, Fd fd, std::unique_ptr<AtomicFile> draft);
  void lock() const;

  std::string name_;      ///< name that the user gave
  std::string resolved_;  ///< without symbolic links
  Fd fd_;
  std::unique_ptr<AtomicFile> draft_;  ///< set in place of `fd_` if successor() made it
  std::unique_ptr<NewFile> made_;      ///< last member: the file is removed while it is locked
};

}  // namespace san::copy
