// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san {

/// 16 bytes as a UUID is written (RFC 4122, 3): lower case, with hyphens.
std::string format_uuid(std::span<const std::byte> bytes);

/// `bytes` up to the first NUL, without spaces at the end.
std::string fixed_text(std::span<const std::byte> bytes);

/// UTF-16LE as UTF-8; a lone surrogate becomes U+FFFD.
std::string utf16_text(std::span<const std::byte> bytes);

/// UTF-8 as units of UTF-16; what is no UTF-8 becomes U+FFFD.
std::u16string utf16_units(const std::string& text);

}  // namespace san
