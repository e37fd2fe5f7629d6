// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/bytes.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::iscsi {

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t offset) {
  return offset < bytes.size() ? static_cast<std::uint8_t>(bytes[offset]) : std::uint8_t{0};
}

std::span<const std::byte> part(std::span<const std::byte> bytes, std::size_t offset, std::size_t length) {
  offset = std::min(offset, bytes.size());
  return bytes.subspan(offset, std::min(length, bytes.size() - offset));
}

std::string ascii(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) {
    const auto c = static_cast<unsigned char>(b);
    text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(b));
  return text;
}

}  // namespace san::iscsi
