// SPDX-License-Identifier: Apache-2.0
// The input is a file of depmod, each kind of it, and a module.
#include <cstdint>
#include <cstdlib>

#include "os/linux/modules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  san::os::ModuleIndex index;
  san::os::add_modules_dep(text, index);
  san::os::add_modules_builtin(text, index);
  san::os::add_modules_alias(text, index);
  san::os::add_builtin_modinfo(text, index);
  for (const auto& [name, path] : index.paths)
    if (!index.known(name)) std::abort();
  static_cast<void>(san::os::modules_for_nic(index, 0x8086, 0x100e));
  static_cast<void>(san::os::firmware_of({reinterpret_cast<const std::byte*>(data), size}));
  return 0;
}
