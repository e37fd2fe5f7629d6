// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/endian.h"

namespace san {

/// Converts UTF-16 from a disk to UTF-8 that is safe to print. It stops at the first zero or at the end of
/// `units`. Half a surrogate pair becomes U+FFFD; control characters (C0, DEL, C1), line separators and
/// characters that change the direction of writing become \x1b or \u202e.
std::string utf16_to_printable(std::span<const le16> units);

}  // namespace san
