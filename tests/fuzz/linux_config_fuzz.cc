// SPDX-License-Identifier: Apache-2.0
// The input is a file below /etc, each kind of it.
#include <cstdint>
#include <cstdlib>

#include "os/linux/fstab.h"
#include "os/linux/network.h"
#include "os/linux/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& entry : san::os::parse_fstab(text))
    if (entry.line == 0 || entry.device.text.size() > size) std::abort();
  static_cast<void>(san::os::parse_crypttab(text));
  static_cast<void>(san::os::parse_interfaces(text, "f"));
  static_cast<void>(san::os::parse_nm_connection(text, "f"));
  static_cast<void>(san::os::parse_networkd(text, "f"));
  static_cast<void>(san::os::parse_netplan(text, "f"));
  static_cast<void>(san::os::parse_ifcfg(text, "f"));
  static_cast<void>(san::os::CommandLine(text).enabled("rd.iscsi.firmware"));
  return 0;
}
