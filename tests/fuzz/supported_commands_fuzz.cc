// SPDX-License-Identifier: Apache-2.0
// The answer to REPORT SUPPORTED OPERATION CODES.
#include <cstdlib>
#include <vector>

#include "iscsi/scsi/supported_commands.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto list = san::iscsi::parse_supported_commands(input);
  if (!list) return 0;
  if (list->empty() || list->size() > size / 8) std::abort();
  for (const auto& known : san::iscsi::known_commands()) san::iscsi::is_supported(*list, known.command);
  return 0;
}
