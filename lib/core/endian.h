// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace san {

/// An unsigned integer of N bytes in a fixed byte order, as stored on a disk or sent over a network. It has
/// no alignment and no padding, so structures made of such integers have the layout of the standards.
template <typename T, std::size_t N, std::endian Order>
class Integer {
 public:
  static_assert(std::is_unsigned_v<T> && N <= sizeof(T));

  constexpr Integer() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): it reads as a plain integer
  constexpr Integer(T value) { *this = value; }

  constexpr Integer& operator=(T value) {
    for (std::size_t i = 0; i < N; ++i)
      bytes_[Order == std::endian::little ? i : N - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }

  constexpr operator T() const {  // NOLINT(google-explicit-constructor): reads as a plain integer
    T value = 0;
    for (std::size_t i = 0; i < N; ++i)
      value = static_cast<T>(
          value | static_cast<T>(T{bytes_[Order == std::endian::little ? i : N - 1 - i]} << (8 * i)));
    return value;
  }

 private:
  std::uint8_t bytes_[N] = {};
};

using le16 = Integer<std::uint16_t, 2, std::endian::little>;
using le32 = Integer<std::uint32_t, 4, std::endian::little>;
using le64 = Integer<std::uint64_t, 8, std::endian::little>;
using be16 = Integer<std::uint16_t, 2, std::endian::big>;
using be24 = Integer<std::uint32_t, 3, std::endian::big>;
using be32 = Integer<std::uint32_t, 4, std::endian::big>;
using be64 = Integer<std::uint64_t, 8, std::endian::big>;

static_assert(sizeof(le16) == 2 && sizeof(be24) == 3 && sizeof(be64) == 8 && alignof(be64) == 1);

/// Reads the structure (or fixed-order integer) at `offset` of `bytes`. Returns nothing if it would reach
/// past the end.
template <typename T>
std::optional<T> read_at(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value = {};
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// Writes `value` at `offset` of `bytes`, which must be large enough: the range is not checked.
template <typename T>
void write_at(std::span<std::byte> bytes, std::size_t offset, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

}  // namespace san
