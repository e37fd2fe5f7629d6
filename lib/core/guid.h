// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace san {

/// A GUID in the byte order of a disk: the first three groups of its text are little-endian, the last two are
/// stored in the order of the text (UEFI 2.10, appendix A).
struct Guid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Guid&) const = default;
  bool is_zero() const { return *this == Guid{}; }

  /// Returns "c12a7328-f81f-11d2-ba4b-00a0c93ec93b": in lower case, as Linux writes it under
  /// /dev/disk/by-partuuid.
  std::string text() const;

  /// Parses text in that form, in upper or lower case. Returns nothing for any other text.
  static std::optional<Guid> parse(std::string_view text);

  /// Makes a GUID from its five groups, in the order and value of the text.
  static constexpr Guid of(std::uint32_t a, std::uint16_t b, std::uint16_t c, std::uint16_t d,
                           std::uint64_t e) {
    Guid out;
    for (unsigned i = 0; i < 4; ++i) out.bytes[i] = static_cast<std::uint8_t>(a >> 8 * i);
    for (unsigned i = 0; i < 2; ++i) {
      out.bytes[4 + i] = static_cast<std::uint8_t>(b >> 8 * i);
      out.bytes[6 + i] = static_cast<std::uint8_t>(c >> 8 * i);
      out.bytes[8 + i] = static_cast<std::uint8_t>(d >> (8 - 8 * i));
    }
    for (unsigned i = 0; i < 6; ++i) out.bytes[10 + i] = static_cast<std::uint8_t>(e >> (40 - 8 * i));
    return out;
  }

  /// Makes a random GUID (version 4, variant 1 of RFC 4122, section 4.4) from `random`.
  static Guid from_random(std::array<std::uint8_t, 16> random);
};

static_assert(sizeof(Guid) == 16 && alignof(Guid) == 1);

}  // namespace san
