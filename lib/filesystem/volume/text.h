// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san::filesystem {

/// Formats 16 bytes as a UUID (RFC 4122, 3): lower case, with hyphens.
std::string format_uuid(std::span<const std::byte> bytes);

/// Returns `bytes` up to the first NUL, without spaces at the end.
std::string fixed_text(std::span<const std::byte> bytes);

/// Converts UTF-16LE to UTF-8; a lone surrogate becomes U+FFFD.
std::string utf16_text(std::span<const std::byte> bytes);

/// Converts UTF-8 to units of UTF-16; bytes that are no UTF-8 become U+FFFD.
std::u16string utf16_units(const std::string& text);

}  // namespace san::filesystem
