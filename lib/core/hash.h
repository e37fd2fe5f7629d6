// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace san {

/// An XXH3-128 value in its canonical (big-endian) form, as `xxhsum -H128` prints it.
struct Hash128 {
  std::array<std::uint8_t, 16> bytes = {};
  /// Returns 32 hexadecimal digits in lower case.
  std::string hex() const;
  bool operator==(const Hash128&) const = default;
};

/// Computes the XXH3-128 of `bytes`, on x86-64 with the widest vector instructions of this processor.
Hash128 hash128(std::span<const std::byte> bytes);

/// XXH3-128 of a stream; digest() equals hash128() of all the bytes. Zeros passed to update_zeros() cost some
/// nanoseconds a KiB, so the holes of a 2 TiB disk are hashed in seconds. Not thread-safe.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void update(std::span<const std::byte> bytes);
  /// Adds `length` zero bytes.
  void update_zeros(std::uint64_t length);
  /// Returns the hash of the bytes so far; more may be added afterwards.
  Hash128 digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace san
