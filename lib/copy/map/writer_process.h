// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace san {

/// A process, told from every other one on any machine and at any time.
struct WriterProcess {
  std::string host;                        ///< host name, at most kMaxHost bytes, printable
  std::array<std::uint8_t, 16> boot = {};  ///< /proc/sys/kernel/random/boot_id
  std::uint64_t pid_namespace = 0;         ///< inode number of /proc/self/ns/pid
  std::uint32_t pid = 0;                   ///< within that name space
  std::uint64_t ticks = 0;                 ///< when it started, in clock ticks after the boot (proc(5))
  bool operator==(const WriterProcess&) const = default;

  static constexpr std::size_t kMaxHost = 63;
};

/// Describes this process. What the kernel does not tell is zero, or empty.
WriterProcess this_process();

/// Tells whether the process runs; nothing where that cannot be seen from here: it is, or was, on another
/// machine, before another boot, or in another container.
std::optional<bool> runs(const WriterProcess& process);

/// Tells whether the process `pid` of this name space, which began `ticks` clock ticks after the boot, runs:
/// a zombie does not. Nothing where /proc hides it, or where `ticks` is 0, not known, and some process has
/// this number.
std::optional<bool> runs(std::uint32_t pid, std::uint64_t ticks);

/// Names it for a message: "process 4711 on host1".
std::string to_string(const WriterProcess& process);

}  // namespace san
