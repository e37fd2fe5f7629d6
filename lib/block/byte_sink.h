// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace san {

/// A destination of bytes written from front to back. For one thread at a time, except stop().
class ByteSink {
 public:
  ByteSink() = default;
  virtual ~ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  /// Writes `bytes`. Throws Error(failed), and Error(interrupted) after stop().
  virtual void put(std::span<const std::byte> bytes) = 0;
  /// Brings everything written so far to stable storage, if there is any. Throws Error(failed).
  virtual void flush() = 0;
  /// Ends it: everything written is complete and good. Throws Error(failed).
  virtual void commit() {}
  /// Makes a waiting put() and all later ones throw Error(interrupted). From any thread.
  virtual void stop() {}
  /// Returns the descriptor of a file from which the bytes can be read back; -1 if there is none.
  virtual int readable() const { return -1; }
};

/// Makes a sink of an open descriptor, such as standard output, which it does not close. `name` is for
/// messages.
std::unique_ptr<ByteSink> descriptor_sink(std::string name, int fd);

/// Makes a sink that writes PATH.partial with mode 0600, and gives it the name `path` with commit(). A
/// symbolic link at `path` is followed. Throws Error(usage) if the directory does not exist, and as
/// AtomicFile does.
std::unique_ptr<ByteSink> partial_file_sink(const std::string& path);

}  // namespace san
