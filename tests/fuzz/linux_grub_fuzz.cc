// SPDX-License-Identifier: Apache-2.0
// The input is a script of GRUB, an environment block, and an entry of the Boot Loader Specification.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "os/linux/boot_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto variables = san::os::read_grubenv(text);
  auto script = san::os::read_grub_script(text, variables);
  san::os::mark_default(script.entries, script.chosen);
  const auto defaults = std::ranges::count_if(script.entries, &san::os::BootEntry::is_default);
  if (!script.entries.empty() && defaults < 1) std::abort();
  static_cast<void>(san::os::read_bls_entry(text, "entry", variables));
  return 0;
}
