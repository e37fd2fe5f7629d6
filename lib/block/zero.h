// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace san {

/// Whether every byte is zero. The first non-zero byte ends the scan; bytes at either end count like all
/// others.
bool all_zero(std::span<const std::byte> bytes) noexcept;

}  // namespace san
