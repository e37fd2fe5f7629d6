// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "block/device.h"

namespace san::copy {

/// Source that can only be read from front to back: standard input, or the data that a derived class makes of
/// another source. Not thread-safe.
class InputStream {
 public:
  /// Reads from `fd`, which it does not close. `name` is for messages.
  InputStream(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  virtual ~InputStream() = default;
  InputStream(const InputStream&) = delete;
  InputStream& operator=(const InputStream&) = delete;

  const std::string& name() const { return name_; }

  /// Fills `into`, and returns the bytes read: fewer only at the end. Waits at most 200 ms at a time for
  /// data, and calls `keep_going` between the waits; returns nothing if that returned false. Throws
  /// Error(failed).
  std::optional<std::size_t> read(std::span<std::byte> into, const std::function<bool()>& keep_going);

  /// Returns the next `bytes` bytes, fewer only at the end, which a later read() returns as well. They are
  /// valid until the next call. Waits like read(), and returns an empty span if `keep_going` returned false.
  /// Throws Error(failed).
  std::span<const std::byte> peek(std::size_t bytes, const std::function<bool()>& keep_going);

  /// Returns true if the stream itself has stated its end, once read() has reached it.
  virtual bool proves_end() const { return false; }

 protected:
  /// Implements read() from the position at which the last call ended.
  virtual std::optional<std::size_t> fetch(std::span<std::byte> into,
                                           const std::function<bool()>& keep_going);

 private:
  std::string name_;
  int fd_;
  std::vector<std::byte> ahead_;  ///< fetched, and not yet returned by read()
};

}  // namespace san::copy
