// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/lzo.h"

#include <algorithm>
#include <cstdint>

namespace san::filesystem {
namespace {

/// Thrown where the data ends too early or refers to what is not there.
struct Malformed {};

class Decoder {
 public:
  Decoder(std::span<const std::byte> from, std::span<std::byte> into) : from_(from), into_(into) {}

  std::size_t run() {
    first();
    while (instruction(byte())) {
    }
    return out_;
  }

 private:
  unsigned byte() {
    if (in_ >= from_.size()) throw Malformed{};
    return std::to_integer<unsigned>(from_[in_++]);
  }
  unsigned word() {
    const unsigned low = byte();
    return low | byte() << 8;
  }

  /// A length that does not fit its field: each zero byte counts 255, the first other one ends it.
  std::size_t length(std::size_t field, std::size_t most) {
    if (field != 0) return field;
    std::size_t value = most;
    for (;;) {
      const unsigned next = byte();
      if (next != 0) return value + next;
      value += 255;
      if (value > into_.size()) throw Malformed{};
    }
  }

  void literals(std::size_t count) {
    if (count > from_.size() - in_ || count > into_.size() - out_) throw Malformed{};
    std::copy_n(from_.begin() + static_cast<std::ptrdiff_t>(in_), count,
                into_.begin() + static_cast<std::ptrdiff_t>(out_));
    in_ += count;
    out_ += count;
  }

  /// A match, and the up to three literals behind it.
  void match(std::size_t distance, std::size_t count, unsigned trailing) {
    if (distance > out_ || count > into_.size() - out_) throw Malformed{};
    for (; count > 0; --count, ++out_) into_[out_] = into_[out_ - distance];
    literals(trailing);
    state_ = trailing;
  }

  /// The first byte may tell of literals; 17 and less are plain instructions.
  void first() {
    if (from_.empty()) throw Malformed{};
    const auto value = std::to_integer<unsigned>(from_[0]);
    if (value <= 17) return;
    ++in_;
    literals(value - 17);
    state_ = std::min(value - 17, 4U);
  }

  bool instruction(unsigned code) {
    if (code >= 64) {  // 01LDDDSS or 1LLDDDSS, H
      const std::size_t count = code >= 128 ? 5 + (code >> 5 & 3) : 3 + (code >> 5 & 1);
      match((std::size_t{byte()} << 3) + (code >> 2 & 7) + 1, count, code & 3);
    } else if (code >= 32) {  // 001LLLLL, D and S in a word
      const std::size_t count = 2 + length(code & 31, 31);
      const unsigned more = word();
      match((more >> 2) + 1, count, more & 3);
    } else if (code >= 16) {  // 0001HLLL, D and S in a word
      const std::size_t count = 2 + length(code & 7, 7);
      const unsigned more = word();
      const std::size_t distance = 16384 + (std::size_t{code & 8} << 11) + (more >> 2);
      if (distance == 16384) return false;  // the end
      match(distance, count, more & 3);
    } else if (state_ == 0) {  // 0000LLLL: literals
      literals(3 + length(code & 15, 15));
      state_ = 4;
    } else {  // 0000DDSS, H
      const std::size_t distance = (std::size_t{byte()} << 2) + (code >> 2);
      if (state_ == 4)
        match(distance + 2049, 3, code & 3);
      else
        match(distance + 1, 2, code & 3);
    }
    return true;
  }

  std::span<const std::byte> from_;
  std::span<std::byte> into_;
  std::size_t in_ = 0, out_ = 0;
  unsigned state_ = 0;  ///< literals that the last instruction copied; 4: more than three
};

}  // namespace

std::optional<std::size_t> lzo1x_decompress(std::span<const std::byte> from, std::span<std::byte> into) {
  try {
    return Decoder(from, into).run();
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

}  // namespace san::filesystem
