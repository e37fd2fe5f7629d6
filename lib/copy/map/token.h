// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace san::copy {

/// 128 random bits, unique: the name of a run, or of a state of a destination.
struct Token {
  std::array<std::uint8_t, 16> bytes = {};

  /// Draws a token. Throws Error(failed) if the kernel returns no random bytes.
  static Token random();
  /// Returns true if it was never drawn.
  bool is_zero() const { return *this == Token(); }
  bool operator==(const Token&) const = default;
};

}  // namespace san::copy
