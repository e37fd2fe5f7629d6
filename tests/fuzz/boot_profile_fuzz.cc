// SPDX-License-Identifier: Apache-2.0
// Boot profiles. What was taken is written and read back the same; the input also stands for the value of
// each kind of field in a profile that is right but for it.
#include <cstdlib>
#include <string>

#include "boot/profile/read_profile.h"
#include "boot/profile/write_profile.h"
#include "core/error.h"

namespace {

void check(const std::string& text) {
  using namespace san::boot;
  const auto parse = [](const std::string& from) {
    return parse_boot_profile(std::as_bytes(std::span(from)), "fuzz.toml");
  };
  try {
    const BootProfile profile = parse(text);
    if (profile.portals.empty() || profile.portals.size() > 2 || profile.initiator.empty() ||
        profile.target.empty() || profile.lun > 16383 || profile.vlan > 4094)
      std::abort();
    const std::string written = write_boot_profile(profile);
    if (written.size() <= kMaxProfileBytes && parse(written) != profile) std::abort();
  } catch (const san::Error& error) {
    if (error.code() != san::Exit::usage) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  const std::string name = "name = \"iqn.2026-11.org.example:x\"\n";
  check("[initiator]\n" + text + "\n[target]\nportal = \"host\"\n" + name);
  check("[initiator]\n" + name + "[target]\n" + name + text);
  for (const char* key : {"mac", "address", "gateway"})
    check("[target]\nportal = \"host\"\n" + name + "[initiator]\n" + name + key + " = '''" + text + "'''\n");
  check("[initiator]\n" + name + "[target]\nportal = '''" + text + "'''\nname = '''" + text + "'''\n");
  return 0;
}
