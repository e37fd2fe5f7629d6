// SPDX-License-Identifier: Apache-2.0
// The answer to REPORT LUNS.
#include <cstdlib>
#include <vector>

#include "iscsi/scsi/lun_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto inventory = san::iscsi::parse_report_luns(input);
  if (inventory.has_value() != (size >= 8)) std::abort();
  if (!inventory) return 0;
  if (inventory->luns.size() > size / 8) std::abort();
  for (const san::iscsi::LunAddress& lun : inventory->luns) {
    const auto number = lun.number();
    if (number && *number >= 1U << 24) std::abort();
    if (lun.text().empty() || *lun.method() == '\0') std::abort();
    lun.first_level();
  }
  return 0;
}
