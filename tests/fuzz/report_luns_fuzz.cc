// SPDX-License-Identifier: Apache-2.0
// The answer to REPORT LUNS.
#include <cstdlib>
#include <vector>

#include "iscsi/lun_info.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto luns = san::iscsi::parse_report_luns(input);
  if (luns.size() > size / 8) std::abort();
  for (const std::uint16_t lun : luns)
    if (lun > 16383) std::abort();
  return 0;
}
