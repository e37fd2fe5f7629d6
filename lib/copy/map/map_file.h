// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "system/fd.h"
#include "system/file/new_file.h"

namespace san {

/// A file that one process at a time works with, and that is replaced as a whole: the new content is written
/// beside it and renamed over it, so that a crash leaves the one or the other. All errors are Error(failed),
/// except where said.
class MapFile {
 public:
  /// Opens `path`, which is created empty (mode 0600) where it does not exist (and removed again if nothing
  /// replaces it), and locks it. A symbolic link stays one: it is its target that is replaced. Throws
  /// Error(refused) where another process has the lock.
  static MapFile open(const std::string& path);
  /// A new, empty file beside it, locked; replace() gives it the name.
  MapFile successor() const;
  /// What was written to `successor` becomes the file, and survives a crash.
  void replace(MapFile successor);

  const std::string& name() const { return name_; }
  int fd() const { return fd_.get(); }
  std::uint64_t size() const;
  /// Fills `into` from `offset` on; fewer bytes at the end of the file. How many.
  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, std::span<const std::byte> from) const;
  /// Cuts it, or extends it by a hole.
  void resize(std::uint64_t bytes) const;
  /// What was written survives a crash afterwards.
  void sync() const;

 private:
  MapFile(std::string name, std::string place, std::string path, Fd fd);
  void lock() const;

  std::string name_;   ///< as the user named it
  std::string place_;  ///< the same without symbolic links
  std::string path_;   ///< as it is called until it replaces another
  Fd fd_;
  std::unique_ptr<NewFile> made_;  ///< last: it goes while it is locked
};

}  // namespace san
