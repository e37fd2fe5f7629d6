// SPDX-License-Identifier: Apache-2.0
// The input is a header block of 512 bytes and entries. Their checksums are made right, for otherwise nothing
// behind the checksums would ever be tried; then they are put where the header says, as primary and as
// backup.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/crc32.h"
#include "devices/memory_device.h"
#include "partition/partition_table.h"
#include "table_edits.h"

namespace {

constexpr std::size_t kBlock = 512, kBlocks = 256;

void put_copy(san::MemoryDevice& disk, std::uint64_t lba, std::span<const std::byte> input) {
  std::vector<std::byte> block(kBlock);
  std::copy_n(input.begin(), std::min(input.size(), kBlock), block.begin());
  auto header = san::read_at<san::partition::GptHeader>(block, 0).value();
  header.signature = san::partition::kGptSignature;
  header.my_lba = lba;
  header.header_crc = 0;
  const auto entries = input.subspan(std::min(input.size(), kBlock));
  const std::uint64_t first = header.entries_lba, length = header.entries_bytes();
  if (first < kBlocks && length <= (kBlocks - first) * kBlock) {
    const auto place = disk.bytes().subspan(first * kBlock, length);
    std::copy_n(entries.begin(), std::min(entries.size(), place.size()), place.begin());
    header.entries_crc = san::crc32(place);
  }
  san::write_at(block, 0, header);
  if (header.header_size >= sizeof(header) && header.header_size <= kBlock) {
    header.header_crc = san::crc32(std::span(block).first(header.header_size));
    san::write_at(block, 0, header);
  }
  std::copy(block.begin(), block.end(), disk.bytes().begin() + static_cast<std::ptrdiff_t>(lba * kBlock));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  san::MemoryDevice disk("fuzz", kBlocks * kBlock);
  san::write_at(disk.bytes(), 0, san::partition::protective_mbr(san::partition::MbrSector{}, kBlocks));
  put_copy(disk, kBlocks - 1, input.subspan(size / 2));
  put_copy(disk, 1, input);
  const san::partition::PartitionTable table = san::partition::read_partition_table(disk);
  to_table(table).text();
  to_json(table).dump();
  san::fuzz::try_edits(disk.bytes(), kBlock);
  return 0;
}
