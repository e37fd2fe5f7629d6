// SPDX-License-Identifier: Apache-2.0
#include "copy/map/writer_process.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "system/sysfs.h"

namespace san::copy {
namespace {

std::array<std::uint8_t, 16> boot_id() {
  std::array<std::uint8_t, 16> id = {};
  std::size_t digits = 0;
  for (const char c : Sysfs().line("/proc/sys/kernel/random/boot_id")) {
    const auto value = std::string_view("0123456789abcdef").find(c);
    if (value == std::string_view::npos || digits == 2 * id.size()) continue;
    id[digits / 2] = static_cast<std::uint8_t>(id[digits / 2] * 16 + value);
    ++digits;
  }
  return id;
}

/// Two fields of /proc/PID/stat (proc(5)).
struct Stat {
  char state = 0;           ///< field 3
  std::uint64_t ticks = 0;  ///< field 22: start time; 0 if the file cannot be read
};

Stat read_stat(const std::string& pid) {
  const std::string line = Sysfs().line("/proc/" + pid + "/stat");
  // The name of the program, in parentheses, may contain any bytes.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  Stat stat;
  fields >> stat.state;
  std::string skipped;
  constexpr int kBetween = 18;  // fields 4 to 21
  for (int i = 0; i < kBetween; ++i) fields >> skipped;
  fields >> stat.ticks;
  return stat;
}

std::string host_name() {
  std::array<char, 256> name = {};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  std::string text(name.data());
  std::erase_if(text, [](char c) { return c <= ' ' || c > '~'; });
  return text.substr(0, WriterProcess::kMaxHost);
}

}  // namespace

WriterProcess this_process() {
  WriterProcess process;
  process.host = host_name();
  process.boot = boot_id();
  struct stat name_space = {};
  if (stat("/proc/self/ns/pid", &name_space) == 0) process.pid_namespace = name_space.st_ino;
  process.pid = static_cast<std::uint32_t>(getpid());
  process.ticks = read_stat("self").ticks;
  return process;
}

std::optional<bool> runs(std::uint32_t pid, std::uint64_t ticks) {
  if (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return false;
  const Stat stat = read_stat(std::to_string(pid));
  // /proc may be mounted with hidepid.
  if (stat.ticks == 0) return std::nullopt;
  // A killed process remains as a zombie until its parent waits for it; the first process of many containers
  // never does.
  if (stat.state == 'Z' || stat.state == 'X') return false;
  if (ticks == 0) return std::nullopt;
  return stat.ticks == ticks;
}

std::optional<bool> runs(const WriterProcess& process) {
  const WriterProcess here = this_process();
  if (process.boot != here.boot || process.boot == std::array<std::uint8_t, 16>{} ||
      process.host != here.host || process.pid_namespace != here.pid_namespace || here.pid_namespace == 0 ||
      here.ticks == 0)
    return std::nullopt;
  return runs(process.pid, process.ticks);
}

std::string to_string(const WriterProcess& process) {
  return fmt::format("process {} on {}", process.pid,
                     process.host.empty() ? "an unnamed host" : process.host);
}

}  // namespace san::copy
