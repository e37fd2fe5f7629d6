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

namespace san {

/// A source that can only be read from front to back: standard input, or what a derived class makes of a
/// file.
class InputStream {
 public:
  /// Reads from `fd`, which it does not close. `name` is for messages.
  InputStream(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  virtual ~InputStream() = default;
  InputStream(const InputStream&) = delete;
  InputStream& operator=(const InputStream&) = delete;

  const std::string& name() const { return name_; }

  /// Fills `into` as far as there is something: fewer bytes only at the end. Waits in steps and asks
  /// `keep_going` between them; nothing if that said no. Throws Error(failed).
  std::optional<std::size_t> read(std::span<std::byte> into, const std::function<bool()>& keep_going);

  /// Looks ahead: gives the next `bytes` bytes, fewer only at the end, which read() gives as well. What is
  /// returned is valid until the next call. Waits as read() does, and gives nothing where `keep_going` said
  /// no. Throws Error(failed).
  std::span<const std::byte> peek(std::size_t bytes, const std::function<bool()>& keep_going);

  /// Whether the stream itself has said where its end is, by the time that read() came to it.
  virtual bool proves_end() const { return false; }

 protected:
  /// Does the work of read(), from where the last call ended.
  virtual std::optional<std::size_t> fetch(std::span<std::byte> into,
                                           const std::function<bool()>& keep_going);

 private:
  std::string name_;
  int fd_;
  std::vector<std::byte> ahead_;  ///< fetched, and not yet given by read()
};

}  // namespace san
