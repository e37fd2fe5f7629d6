// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

enum class NvmFormat {
  raw,      ///< binary, as `ethtool -e IFACE raw on` outputs it
  ethtool,  ///< text, as `ethtool -e IFACE` prints it: a table of offsets and hexadecimal bytes
};

/// The content of an Intel NIC's EEPROM or flash: words of 16 bits, little-endian.
class NvmImage {
 public:
  static constexpr std::size_t kMinSize = 128;  ///< bytes; the base words 0x00 to 0x3F
  static constexpr std::size_t kMaxSize = std::size_t{16} << 20;

  /// Parses the content of the file `name` in either format. Throws Error(usage) that names file and line of
  /// the error.
  static NvmImage parse(const std::string& name, std::span<const std::byte> content);

  /// Makes an image of bytes read from a NIC. Throws Error(usage) for a size that is odd or out of bounds.
  NvmImage(std::string name, std::vector<std::byte> bytes);

  const std::string& name() const { return name_; }
  NvmFormat format() const { return format_; }
  std::size_t words() const { return bytes_.size() / 2; }

  /// Returns the word at `index`; past the end 0xFFFF, as erased flash reads.
  std::uint16_t word(std::size_t index) const;
  /// Sets a word; `index` must be below words().
  void set_word(std::size_t index, std::uint16_t value);

  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }

  /// Returns the content of the file in its own format; in a table only the digits of bytes that changed
  /// differ.
  std::vector<std::byte> file() const;

 private:
  std::string name_;
  NvmFormat format_ = NvmFormat::raw;
  std::vector<std::byte> bytes_;
  std::string text_;                    ///< content of the file, in format ethtool
  std::vector<std::size_t> positions_;  ///< position of each byte's digits in text_
};

}  // namespace san::flash
