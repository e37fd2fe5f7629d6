// SPDX-License-Identifier: Apache-2.0
// What a rehearsal sees: the serial console, and the sessions that tgtadm prints. No escape sequence is left,
// and what is quoted is printable.
#include <algorithm>
#include <cstdlib>

#include "preflight/rehearsal/boot_watch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::preflight;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto printable = [](const std::string& line) {
    return std::none_of(line.begin(), line.end(),
                        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
  };
  const std::string console = plain_console(text);
  if (console.find('\x1b') != std::string::npos || console.find('\r') != std::string::npos) std::abort();
  const auto failure = console_failure(console);
  if (failure && (failure->end > console.size() || !printable(failure->line))) std::abort();
  asks_for_user(console);
  for (const std::string& line : last_lines(console, 5))
    if (!printable(line)) std::abort();
  for (const unsigned lun : {0U, 1U}) parse_tgt_stat(text, lun);
  RehearsalWatch watch(5, 60);
  return 0;
}
