// SPDX-License-Identifier: Apache-2.0
// The input is the start of a disk: MBR, extended boot records, boot sectors of file systems.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "devices/memory_device.h"
#include "partition/partition_table.h"
#include "table_edits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kDisk = 64 * 1024;
  for (const std::uint32_t block : {512U, 4096U}) {
    san::MemoryDevice disk("fuzz", kDisk, std::byte{0}, block);
    std::copy_n(reinterpret_cast<const std::byte*>(data), std::min(size, kDisk), disk.bytes().begin());
    const san::partition::PartitionTable table = san::partition::read_partition_table(disk);
    to_table(table).text();
    to_json(table).dump();
    san::fuzz::try_edits(disk.bytes(), block);
  }
  return 0;
}
