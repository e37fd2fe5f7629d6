// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "core/text/table.h"
#include "os/linux/text.h"
#include "preflight/rehearsal/boot_watch.h"

namespace san::preflight {
namespace {

struct Sign {
  std::string_view text;
  bool early;  // before a kernel runs
};

/// Messages that only a failed boot prints, as parts of lines.
constexpr std::array<Sign, 16> kFailures = {{
    {"The machine does not boot from its LUN", true},              // our script for iPXE
    {"No bootable device", true},                                  // SeaBIOS
    {"No bootable option or device was found", true},              // EDK II
    {"UEFI Interactive Shell", true},                              // EDK II: nothing else was there
    {"grub rescue>", true},                                        // GRUB: no /boot
    {"Minimal BASH-like line editing", true},                      // GRUB: no grub.cfg
    {"error: you need to load the kernel first", true},            // GRUB: no kernel
    {"BOOTMGR is missing", true},                                  // Windows' boot sector
    {"Operating system not found", true},                          // MBRs
    {"Missing operating system", true},                            //
    {"Kernel panic - not syncing", false},                         // Linux
    {"Gave up waiting for root", false},                           // initramfs-tools
    {"Dropping to a shell!", false},                               // initramfs-tools: panic()
    {"Entering emergency mode", false},                            // dracut
    {"ou are in emergency mode", false},                           // systemd
    {"You are now being dropped into an emergency shell", false},  // mkinitcpio
}};

std::string_view line_around(std::string_view text, std::size_t at) {
  const auto begin = text.rfind('\n', at);
  const auto first = begin == std::string_view::npos ? 0 : begin + 1;
  return text.substr(first, text.find('\n', at) - first);
}

/// Returns the end of the escape sequence at `at`: CSI has parameters and a final byte, others are short.
std::size_t escape_end(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return text.size();
  if (text[at + 1] != '[') return at + 2;
  std::size_t end = at + 2;
  while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string plain_console(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\x1b') {
      const std::size_t end = escape_end(text, at);
      // A cursor that is moved elsewhere begins another line, as good as.
      const bool moved = end > at + 2 && (text[end - 1] == 'H' || text[end - 1] == 'f');
      if (moved && !out.empty() && out.back() != '\n') out += '\n';
      at = end;
      continue;
    }
    if (c == '\n' || static_cast<unsigned char>(c) >= ' ') out += c;
    ++at;
  }
  return out;
}

std::optional<ConsoleFailure> console_failure(std::string_view console) {
  const auto found = [&](std::size_t at, bool early) {
    const std::string_view line = line_around(console, at);
    const auto end = static_cast<std::size_t>(line.data() - console.data()) + line.size();
    return ConsoleFailure{printable(os::without_blanks(line)), early, end};
  };
  // EDK II continues with PXE and HTTP, for minutes; but there is no other disk than the LUN.
  constexpr std::string_view kBds = "BdsDxe: failed to ";  // load, start
  for (auto at = console.find(kBds); at != std::string_view::npos; at = console.find(kBds, at + 1))
    if (line_around(console, at).find("/iSCSI(") != std::string_view::npos) return found(at, true);
  for (const Sign& sign : kFailures)
    if (const auto at = console.find(sign.text); at != std::string_view::npos) return found(at, sign.early);
  return std::nullopt;
}

bool asks_for_user(std::string_view console) {
  constexpr std::string_view kPrompt = " login:";
  for (auto at = console.find(kPrompt); at != std::string_view::npos; at = console.find(kPrompt, at + 1)) {
    const auto line = line_around(console, at);
    const auto host = line.substr(0, line.find(kPrompt));
    const auto rest = os::without_blanks(line.substr(host.size() + kPrompt.size()));
    // getty(8) prints the host name and waits; "Last login: …" continues with more text.
    if (!host.empty() && host.find(' ') == std::string_view::npos && host != "Last" && rest.empty())
      return true;
  }
  return false;
}

std::vector<std::string> last_lines(std::string_view console, std::size_t count) {
  std::vector<std::string> lines;
  for (const auto& line : os::config_lines(console, "")) lines.push_back(printable(line.text).substr(0, 200));
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

std::vector<SessionTraffic> parse_tgt_stat(std::string_view text, unsigned lun) {
  std::vector<SessionTraffic> sessions;
  // tgt lun sid rd_subm(bytes,cmds) rd_done(bytes,cmds) wr_subm(bytes,cmds) wr_done(bytes,cmds) errs
  for (const auto& line : os::config_lines(text, "")) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& word : os::blank_separated(line.text)) {
      std::uint64_t value = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (error != std::errc() || end != word.data() + word.size()) break;
      numbers.push_back(value);
    }
    if (numbers.size() < 11 || numbers[1] != lun) continue;
    sessions.push_back({static_cast<unsigned>(numbers[2]), numbers[5], numbers[9]});
  }
  return sessions;
}

}  // namespace san::preflight
