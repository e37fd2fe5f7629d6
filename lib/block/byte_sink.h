// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace san {

/// Takes bytes from front to back. One thread at a time, but for stop().
class ByteSink {
 public:
  ByteSink() = default;
  virtual ~ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  /// Throws Error(failed).
  virtual void put(std::span<const std::byte> bytes) = 0;
  /// All that was put is on stable storage afterwards, where there is any. Throws Error(failed).
  virtual void flush() = 0;
  /// Ends it: all that was put is complete and good. Throws Error(failed).
  virtual void commit() {}
  /// A put() that waits ends with Error(interrupted), and so does every later one.
  virtual void stop() {}
  /// The descriptor of a file from which what was put can be read back; -1 where there is none.
  virtual int readable() const { return -1; }
};

/// An open descriptor, such as standard output, which it does not close. `name` is for messages.
std::unique_ptr<ByteSink> descriptor_sink(std::string name, int fd);

/// The file `path`, which it becomes with commit(); see PartialFile. Throws Error as that does.
std::unique_ptr<ByteSink> partial_file_sink(const std::string& path);

}  // namespace san
