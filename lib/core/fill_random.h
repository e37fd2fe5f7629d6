// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace san {

/// Fills `into` with random bytes of the kernel (getrandom(2)). Throws Error(failed) if the kernel provides
/// none.
void fill_random(std::span<std::byte> into);

}  // namespace san
