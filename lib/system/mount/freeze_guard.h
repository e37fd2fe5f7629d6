// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace san::freeze_guard {

// What Freeze and the process that thaws for it tell each other, a packet each.

/// To the guard: what and the index of the file system.
struct Order {
  char what;
  std::uint8_t index;
};
inline constexpr char kBegin = 'b';    ///< it is about to be frozen
inline constexpr char kFrozen = 'f';   ///< it is
inline constexpr char kNot = 'n';      ///< it could not be
inline constexpr char kThaw = 't';     ///< the end
inline constexpr char kDone = 'a';     ///< from the guard: noted
inline constexpr char kExpired = 'e';  ///< from the guard: the time is over; said before anything is thawed

/// The guard's last word, added up, beside kResult.
inline constexpr char kResult = 'r';
inline constexpr std::uint8_t kForeign = 1;  ///< one was no longer frozen
inline constexpr std::uint8_t kStuck = 2;    ///< one could not be thawed
struct Result {
  char what;
  std::uint8_t flags;
};

inline constexpr std::size_t kMaxMounts = 255;

/// Runs in the child: waits for orders on `socket`, for `milliseconds` from now, or for the other side's end;
/// then thaws the file systems whose mount points are open as `points`. Uses nothing but system calls, and
/// does not return.
[[noreturn]] void run(int socket, const int* points, std::size_t count, std::int64_t milliseconds);

}  // namespace san::freeze_guard
