// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::copy {

/// Longest wait of a thread of the copy engine before it checks again for a signal, for errors of the source,
/// and for destinations that are due for a flush. Below 0.1 s, which a user who presses Ctrl-C perceives as
/// immediate; 20 wake-ups a second cost a copy no measurable time. It bounds the reaction only: a wait ends
/// earlier if its condition becomes true.
inline constexpr std::chrono::milliseconds kPollInterval{50};

}  // namespace san::copy
