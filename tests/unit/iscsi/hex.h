// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of hexadecimal digits; blanks between them are left out.
inline std::vector<std::byte> unhex(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string dense;
  for (const char c : digits)
    if (c != ' ') dense += c;
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < dense.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(value(dense[i]) << 4 | value(dense[i + 1])));
  return bytes;
}

/// Every prefix of `bytes`, in a buffer of its own that ends where it ends, so that AddressSanitizer sees who
/// reads on.
template <typename Work>
void for_each_prefix(const std::vector<std::byte>& bytes, Work&& work) {
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::vector<std::byte> prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    work(std::span<const std::byte>(prefix));
  }
}
