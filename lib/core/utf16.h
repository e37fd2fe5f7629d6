// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/endian.h"

namespace san {

/// UTF-16 from a disk as UTF-8 that is safe to print: it ends at the first zero or with `units`; half a
/// surrogate pair becomes U+FFFD; control characters, C1 too, and those that turn the direction of writing
/// are shown as \x1b or \u202e.
std::string utf16_to_printable(std::span<const le16> units);

}  // namespace san
