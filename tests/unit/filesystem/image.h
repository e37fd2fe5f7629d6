// SPDX-License-Identifier: Apache-2.0
// Bytes of small file systems, made by hand: for tests and as the starting point of the fuzz targets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/endian.h"
#include "devices/memory_device.h"
#include "filesystem/read_free_space.h"

namespace san::test {

using namespace san::filesystem;

class Image {
 public:
  explicit Image(std::size_t size, std::byte fill = {}) : bytes_(size, fill) {}

  std::span<std::byte> bytes() { return bytes_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

  void put8(std::size_t at, std::uint8_t value) { bytes_.at(at) = std::byte{value}; }
  void put16(std::size_t at, std::uint16_t value) { little(at, value, 2); }
  void put32(std::size_t at, std::uint32_t value) { little(at, value, 4); }
  void put64(std::size_t at, std::uint64_t value) { little(at, value, 8); }
  void put16be(std::size_t at, std::uint16_t value) { big(at, value, 2); }
  void put32be(std::size_t at, std::uint32_t value) { big(at, value, 4); }
  void put64be(std::size_t at, std::uint64_t value) { big(at, value, 8); }
  void put(std::size_t at, std::string_view text) {
    std::transform(text.begin(), text.end(), span(at, text.size()).begin(),
                   [](char c) { return static_cast<std::byte>(c); });
  }
  void fill(std::size_t at, std::size_t size, std::uint8_t value) {
    std::ranges::fill(span(at, size), std::byte{value});
  }
  /// Sets or clears bits [first, first + count) of the bitmap at `at`, lowest bit first.
  void set_bits(std::size_t at, std::size_t first, std::size_t count, bool value = true) {
    for (std::size_t bit = first; bit < first + count; ++bit) {
      std::byte& byte = bytes_.at(at + bit / 8);
      const std::byte mask{static_cast<std::uint8_t>(1U << (bit % 8))};
      byte = value ? byte | mask : byte & ~mask;
    }
  }

  /// What read_free_space() says of it, short runs included.
  FreeSpace read() const {
    MemoryDevice device("image", bytes_.size());
    std::ranges::copy(bytes_, device.bytes().begin());
    FreeSpaceOptions options;
    options.min_run = 1;
    return read_free_space(device, 0, bytes_.size(), options);
  }

 private:
  void little(std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) put8(at + i, static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void big(std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      put8(at + i, static_cast<std::uint8_t>(value >> (8 * (size - 1 - i))));
  }
  std::span<std::byte> span(std::size_t at, std::size_t size) {
    return std::span(bytes_).subspan(at).first(size);
  }

  std::vector<std::byte> bytes_;
};

}  // namespace san::test
