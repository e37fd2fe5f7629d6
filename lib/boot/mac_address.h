// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace san::boot {

/// Returns the octets of "52:54:00:12:34:56", in either case. Throws Error(usage) for any other form.
std::array<std::uint8_t, 6> mac_octets(const std::string& mac);

}  // namespace san::boot
