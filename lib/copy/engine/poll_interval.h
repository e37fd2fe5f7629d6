// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san {

/// How long the copier's thread waits for one thing before it looks whether it has been interrupted: short
/// enough that Ctrl-C is felt at once, long enough that the looking costs nothing.
inline constexpr std::chrono::milliseconds kPollInterval{50};

}  // namespace san
