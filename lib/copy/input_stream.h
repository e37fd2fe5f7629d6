// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// A source that can only be read from front to back: standard input.
class InputStream {
 public:
  /// Reads from `fd`, which it does not close. `name` is for messages.
  InputStream(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}

  const std::string& name() const { return name_; }

  /// Fills `into` as far as there is something: fewer bytes only at the end. Waits in steps and asks
  /// `keep_going` between them; nothing if that said no. Throws Error(failed).
  std::optional<std::size_t> read(std::span<std::byte> into, const std::function<bool()>& keep_going);

 private:
  std::string name_;
  int fd_;
};

}  // namespace san
