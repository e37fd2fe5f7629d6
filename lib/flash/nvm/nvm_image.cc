// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_image.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/endian.h"
#include "core/error.h"
#include "core/units.h"

namespace san::flash {
namespace {

constexpr std::string_view kBlanks = " \t\r";

void check_size(const std::string& name, std::size_t size) {
  if (size < NvmImage::kMinSize || size > NvmImage::kMaxSize)
    throw Error(Exit::usage, name,
                fmt::format("has {} bytes; an NVM image has {} bytes to {}", size, NvmImage::kMinSize,
                            format_size(NvmImage::kMaxSize)),
                "make one with: ethtool -e IFACE raw on > FILE");
  if (size % 2 != 0)
    throw Error(Exit::usage, name,
                fmt::format("has {} bytes, but an NVM image consists of words of 2", size));
}

bool is_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Splits the next word off a line.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

/// Parses "0x0010:", which begins a line of a table; old versions of ethtool have no colon.
bool parse_offset(std::string_view word, std::size_t& offset) {
  if (!word.starts_with("0x")) return false;
  word.remove_prefix(2);
  if (word.ends_with(":")) word.remove_suffix(1);
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, offset, 16);
  return !word.empty() && error == std::errc() && stop == end;
}

/// Recognizes a table: it begins with "Offset Values", or at once with the first offset.
bool is_table(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  std::size_t offset = 0;
  std::string_view line = text.substr(0, std::min(text.find('\n'), std::size_t{200}));
  const std::string_view first = take_word(line);
  return first == "Offset" || parse_offset(first, offset);
}

/// Reads a table line by line.
class TableReader {
 public:
  TableReader(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  void read(std::vector<std::byte>& bytes, std::vector<std::size_t>& positions) {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      ++line_;
      read_line(text_.substr(at, end - at), bytes, positions);
      at = end + 1;
    }
  }

 private:
  [[noreturn]] void wrong(const std::string& cause, const std::string& hint = {}) const {
    throw Error(Exit::usage, fmt::format("{}, line {}", name_, line_), cause, hint);
  }

  void read_line(std::string_view line, std::vector<std::byte>& bytes,
                 std::vector<std::size_t>& positions) const {
    const std::string_view first = take_word(line);
    if (first.empty() || first == "Offset" || first.starts_with("---")) return;
    std::size_t offset = 0;
    if (!parse_offset(first, offset)) wrong("does not begin with an offset such as 0x0010:");
    if (offset != bytes.size())
      wrong(fmt::format("offset {:#06x} where {:#06x} was expected", offset, bytes.size()),
            "dump the whole NVM, without offset and length");
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
      if (word.size() != 2 || !is_digit(word[0]) || !is_digit(word[1]))
        wrong("has something that is not a byte of two hexadecimal digits");
      if (bytes.size() == NvmImage::kMaxSize) wrong("is beyond the largest size of an NVM");
      unsigned value = 0;
      std::from_chars(word.data(), word.data() + 2, value, 16);
      bytes.push_back(std::byte(value));
      positions.push_back(static_cast<std::size_t>(word.data() - text_.data()));
    }
  }

  const std::string& name_;
  std::string_view text_;
  std::size_t line_ = 0;
};

}  // namespace

NvmImage NvmImage::parse(const std::string& name, std::span<const std::byte> content) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (!is_table(text)) {
    check_size(name, content.size());  // before a large file is copied
    return {name, {content.begin(), content.end()}};
  }
  std::vector<std::byte> bytes;
  std::vector<std::size_t> positions;
  TableReader(name, text).read(bytes, positions);
  NvmImage image(name, std::move(bytes));
  image.format_ = NvmFormat::ethtool;
  image.text_ = text;
  image.positions_ = std::move(positions);
  return image;
}

NvmImage::NvmImage(std::string name, std::vector<std::byte> bytes)
    : name_(std::move(name)), bytes_(std::move(bytes)) {
  check_size(name_, bytes_.size());
}

std::uint16_t NvmImage::word(std::size_t index) const {
  return read_at<le16>(bytes_, index * 2).value_or(std::uint16_t{0xFFFF});
}

void NvmImage::set_word(std::size_t index, std::uint16_t value) {
  write_at(std::span(bytes_), index * 2, le16(value));
}

std::vector<std::byte> NvmImage::file() const {
  if (format_ == NvmFormat::raw) return bytes_;
  std::string text = text_;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    const auto value = std::to_integer<unsigned>(bytes_[i]);
    unsigned old = 0;
    std::from_chars(text.data() + positions_[i], text.data() + positions_[i] + 2, old, 16);
    if (old != value) text.replace(positions_[i], 2, fmt::format("{:02x}", value));
  }
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace san::flash
