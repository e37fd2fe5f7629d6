// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace san {

/// 128 random bits that nobody else has drawn: they name a run, or a state of a destination.
struct Token {
  std::array<std::uint8_t, 16> bytes = {};

  /// Draws one. Throws Error(failed) where the kernel gives no random bytes.
  static Token random();
  /// Tells whether it was never drawn.
  bool is_zero() const { return *this == Token(); }
  bool operator==(const Token&) const = default;
};

}  // namespace san
