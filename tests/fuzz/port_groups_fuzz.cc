// SPDX-License-Identifier: Apache-2.0
// The answer to REPORT TARGET PORT GROUPS.
#include <cstdlib>
#include <vector>

#include "iscsi/scsi/port_groups.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto groups = san::iscsi::parse_port_groups(input);
  if (!groups) return 0;
  std::size_t bytes = 0;
  for (const san::iscsi::PortGroup& group : *groups) bytes += 8 + 4 * group.ports.size();
  if (bytes > size) std::abort();
  return 0;
}
