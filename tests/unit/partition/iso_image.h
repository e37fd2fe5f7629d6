// SPDX-License-Identifier: Apache-2.0
// Disks with an ISO 9660 volume.
#pragma once

#include <memory>
#include <string_view>

#include "core/units.h"
#include "partition/loose_volume.h"
#include "partition/test_tables.h"

namespace san::test {

using namespace san::partition;

/// The primary volume descriptor of a volume of `blocks` blocks of 2048 bytes (ECMA-119, 8.4).
inline void put_iso(MemoryDevice& disk, std::uint32_t blocks, std::string_view label) {
  const auto at = [&disk](std::size_t offset) { return disk.bytes().subspan(kIsoDescriptorOffset + offset); };
  put_text(disk, kIsoDescriptorOffset, std::string("\x01") + "CD001\x01");
  std::fill_n(at(40).begin(), 32, std::byte{' '});
  put_text(disk, kIsoDescriptorOffset + 40, label);
  write_at(at(0), 80, le32(blocks));
  write_at(at(0), 84, be32(blocks));
  write_at(at(0), 128, le16(2048));
  write_at(at(0), 130, be16(2048));
}

/// 8 MiB with what isohybrid makes of an ISO of 6 MiB: entry 1 of type 0 over all of it, entry 2 an EFI
/// System partition that is a file of it, from 1 to 2 MiB.
inline std::unique_ptr<MemoryDevice> isohybrid() {
  auto disk = std::make_unique<MemoryDevice>("disk", 8 * MiB);
  put_hex(*disk, 510, "55aa");
  put_entry(*disk, 0, 0, {.status = 0x80, .type = 0, .first_lba = le32(0), .sectors = le32(12288)});
  put_entry(*disk, 0, 1, {.type = 0xEF, .first_lba = le32(2048), .sectors = le32(2048)});
  put_iso(*disk, 3072, "ISO");
  return disk;
}

}  // namespace san::test
