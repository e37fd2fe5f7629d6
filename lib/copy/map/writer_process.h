// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace san::copy {

/// Identity of a process, unique on all machines and at all times.
struct WriterProcess {
  std::string host;                        ///< host name, at most kMaxHost bytes, printable
  std::array<std::uint8_t, 16> boot = {};  ///< /proc/sys/kernel/random/boot_id
  std::uint64_t pid_namespace = 0;         ///< inode number of /proc/self/ns/pid
  std::uint32_t pid = 0;                   ///< within that name space
  std::uint64_t ticks = 0;                 ///< when it started, in clock ticks after the boot (proc(5))
  bool operator==(const WriterProcess&) const = default;

  static constexpr std::size_t kMaxHost = 63;
};

/// Returns the identity of this process. Fields that the kernel does not report are zero, or empty.
WriterProcess this_process();

/// Returns true if the process runs; nothing if that cannot be seen from here: it is, or was, on another
/// machine, before another boot, or in another container.
std::optional<bool> runs(const WriterProcess& process);

/// Returns true if the process `pid` of this name space, which started `ticks` clock ticks after the boot,
/// runs; a zombie does not. Returns nothing if /proc hides it, or if `ticks` is 0 (not known) and some
/// process has this number.
std::optional<bool> runs(std::uint32_t pid, std::uint64_t ticks);

/// Formats it for a message: "process 4711 on host1".
std::string to_string(const WriterProcess& process);

}  // namespace san::copy
