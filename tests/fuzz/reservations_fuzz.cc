// SPDX-License-Identifier: Apache-2.0
// The answers to PERSISTENT RESERVE IN.
#include <cstdlib>
#include <vector>

#include "iscsi/scsi/reservations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto keys = san::iscsi::parse_reservation_keys(input);
  if (keys && keys->keys.size() > size / 8) std::abort();
  const auto held = san::iscsi::parse_reservation(input);
  if (held && held->size() > size / 16) std::abort();
  const auto all = san::iscsi::parse_full_status(input);
  if (all && all->size() > size / 24) std::abort();
  const auto able = san::iscsi::parse_reservation_capabilities(input);
  if (able && able->types)
    for (const std::uint8_t type : *able->types)
      if (san::iscsi::reservation_type_name(type).empty()) std::abort();
  return 0;
}
