// SPDX-License-Identifier: Apache-2.0
#include "copy/writer_process.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "block/sysfs.h"

namespace san {
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

/// Field 22 of /proc/PID/stat (proc(5)); 0 where there is no such process.
std::uint64_t start_ticks(const std::string& pid) {
  const std::string line = Sysfs().line("/proc/" + pid + "/stat");
  // The name of the program, in parentheses, may hold anything.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  constexpr int kBetween = 19;  // fields 3 to 21
  for (int i = 0; i < kBetween; ++i) fields >> skipped;
  std::uint64_t ticks = 0;
  fields >> ticks;
  return ticks;
}

std::string host_name() {
  std::array<char, 256> name = {};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  std::string text(name.data());
  std::erase_if(text, [](char c) { return c <= ' ' || c > '~'; });
  return text.substr(0, WriterProcess::kMostHost);
}

}  // namespace

WriterProcess this_process() {
  WriterProcess process;
  process.host = host_name();
  process.boot = boot_id();
  struct stat name_space = {};
  if (stat("/proc/self/ns/pid", &name_space) == 0) process.pid_namespace = name_space.st_ino;
  process.pid = static_cast<std::uint32_t>(getpid());
  process.ticks = start_ticks("self");
  return process;
}

std::optional<bool> runs(const WriterProcess& process) {
  const WriterProcess here = this_process();
  if (process.boot != here.boot || process.boot == std::array<std::uint8_t, 16>{} ||
      process.host != here.host || process.pid_namespace != here.pid_namespace || here.pid_namespace == 0 ||
      here.ticks == 0)
    return std::nullopt;
  return start_ticks(std::to_string(process.pid)) == process.ticks;
}

std::string to_string(const WriterProcess& process) {
  return fmt::format("process {} on {}", process.pid,
                     process.host.empty() ? "an unnamed host" : process.host);
}

}  // namespace san
