// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "system/fd.h"

namespace san {

/// A file that is complete from the moment it has its name: it is written under a temporary name in the same
/// directory, flushed to stable storage, and renamed; then the directory is flushed. Until then an older file
/// of that name is unchanged, whatever other names or loop devices it has. The temporary file is removed by
/// the destructor unless commit_new() or replace() succeeded. Nothing is ever written through a symbolic
/// link.
class AtomicFile {
 public:
  /// Temporary name.
  enum class Temporary {
    random,   ///< PATH.XXXXXX: several processes may write PATH, and the last one wins
    partial,  ///< PATH.partial, locked: one process at a time; what a killed one left is removed by the next
  };
  /// Treatment of a symbolic link that stands at PATH.
  enum class Link {
    replaced,  ///< the link itself is replaced by the file; its target is unchanged
    followed,  ///< the link stays, and the file at its end is replaced, or created
  };
  struct Options {
    /// Mode of the file, less the umask. Without one it gets mode and, as far as permitted, owner of the file
    /// that it replaces, which must exist.
    std::optional<mode_t> mode = std::nullopt;
    Temporary temporary = Temporary::random;
    Link link = Link::replaced;
    /// Cause and next step if another process writes PATH.partial.
    const char* busy = "another process is writing it";
    const char* busy_hint = "wait for that to end";
  };

  /// Creates the temporary file, which is open for reading and writing. Throws Error(refused) if a running
  /// process has PATH.partial locked, or if that is not a file; Error(failed) otherwise. Errors name `path`
  /// as it was given.
  AtomicFile(std::string path, const Options& options);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Returns the descriptor of the file; valid, and locked if it was, after commit_new() and replace(), too.
  int fd() const { return fd_.get(); }
  /// Writes `bytes` at offset 0. Throws Error(failed).
  void write(std::span<const std::byte> bytes) const;
  /// Flushes the file and renames it to PATH unless PATH exists: then returns false, and nothing has changed.
  /// Throws Error(failed); if it is the flush of the directory that failed, the file has its name already.
  [[nodiscard]] bool commit_new();
  /// Flushes the file and renames it to PATH, replacing an existing file. Returns false, with errno set, if
  /// the directory cannot be flushed, as on some network file systems: the file has its name, and may lose it
  /// in a power cut. Throws Error(failed) like commit_new().
  bool replace();

  /// Removes a PATH.partial that a killed process left, but not one that a running process has locked. Throws
  /// Error as the constructor does.
  static void remove_stale(const std::string& path);

 private:
  void open_random(mode_t mode);
  void open_partial(mode_t mode, const Options& options);
  /// Gives the file mode and owner of the old one, if it keeps them, and flushes it.
  void complete() const;

  std::string name_;  ///< as it was given
  std::string path_;  ///< without the links that are followed
  std::string temporary_;
  std::optional<struct stat> old_;  ///< set if mode and owner are kept
  Fd fd_;
  bool committed_ = false;
};

}  // namespace san
