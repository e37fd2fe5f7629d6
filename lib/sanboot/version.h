// SPDX-License-Identifier: Apache-2.0
#pragma once

#if __cplusplus < 202002L
#error "libsanboot's headers are C++20: compile with -std=c++20, or a later standard"
#endif

namespace san {

/// Returns the version of the library that runs, as "0.1.0". Never fails; the text lives as long as the
/// program.
const char* version() noexcept;

}  // namespace san
