// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace san::freeze_guard {

// Messages between Freeze and the process that thaws for it; each is one packet.

/// Message to the guard: the kind, and the index of the file system.
struct Order {
  char what;
  std::uint8_t index;
};
inline constexpr char kBegin = 'b';    ///< to the guard: about to be frozen
inline constexpr char kFrozen = 'f';   ///< to the guard: frozen
inline constexpr char kNot = 'n';      ///< to the guard: could not be frozen
inline constexpr char kThaw = 't';     ///< to the guard: thaw all and exit
inline constexpr char kDone = 'a';     ///< from the guard: acknowledged
inline constexpr char kExpired = 'e';  ///< from the guard: time limit expired; sent before thawing

/// Last message of the guard: kResult, and the flags combined by OR.
inline constexpr char kResult = 'r';
inline constexpr std::uint8_t kForeign = 1;  ///< a file system was no longer frozen
inline constexpr std::uint8_t kStuck = 2;    ///< a file system could not be thawed
struct GuardResult {
  char what;
  std::uint8_t flags;
};

inline constexpr std::size_t kMaxMounts = 255;

/// Runs the guard in the child: thaws the file systems whose mount points are open as `points` when
/// `milliseconds` have passed, when ordered to on `socket`, or when its other end is closed; exits after the
/// last two. Uses only system calls, and does not return.
[[noreturn]] void run(int socket, const int* points, std::size_t count, std::int64_t milliseconds);

}  // namespace san::freeze_guard
