// SPDX-License-Identifier: Apache-2.0
// Registry hives, and what is read from them: the first keys of each level, every value, boot configuration.
#include <cstdlib>

#include "core/error.h"
#include "os/windows/bcd.h"
#include "os/windows/hive.h"

namespace {

/// Keys point anywhere, to those above them, too: `budget` ends it.
void walk(const san::os::HiveKey& key, unsigned depth, unsigned& budget) {
  for (const san::os::HiveValue& value : key.values()) {
    value.dword();
    value.text();
    for (const std::string& text : value.texts())
      if (text.find('\x1b') != std::string::npos) std::abort();
    san::os::parse_bcd_device(value.bytes);
    san::os::parse_mounted_device(value.bytes).text();
  }
  for (const san::os::HiveKey& child : key.keys()) {
    if (depth == 0 || budget == 0) return;
    --budget;
    walk(child, depth - 1, budget);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const san::os::Hive hive("SYSTEM", std::as_bytes(std::span(data, size)));
    unsigned budget = 200;
    try {
      walk(hive.root(), 8, budget);
    } catch (const san::Error&) {
    }
    san::os::read_bcd(hive);
  } catch (const san::Error&) {
  }
  return 0;
}
