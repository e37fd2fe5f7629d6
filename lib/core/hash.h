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
  std::string hex() const;
  bool operator==(const Hash128&) const = default;
};

/// XXH3-128 of `bytes`, by the widest vector instructions that this processor has.
Hash128 hash128(std::span<const std::byte> bytes);

/// XXH3-128 of a stream: the same value as hash128() of all of it. Runs of zeros cost some nanoseconds a KiB:
/// a 2 TiB disk of holes is hashed in seconds.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void update(std::span<const std::byte> bytes);
  void update_zeros(std::uint64_t length);
  Hash128 digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace san
