// SPDX-License-Identifier: Apache-2.0
// GET LBA STATUS, and the extents made of it: whatever the target says, they cover the range without a gap.
#include <cstdlib>
#include <vector>

#include "iscsi/lun/allocation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san;
  constexpr std::uint64_t kBlocks = std::uint64_t{1} << 40;
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto list = iscsi::parse_lba_status(input);
  std::uint64_t next = list.empty() ? 0 : list.front().lba;
  for (const auto& status : list) {
    if (status.lba != next || status.blocks == 0 || status.lba + status.blocks <= status.lba) std::abort();
    next = status.lba + status.blocks;
  }
  iscsi::Allocation allocation(
      4096, kBlocks, [&](std::uint64_t) { return list; },
      [](std::uint64_t lba) {
        if (lba >= kBlocks) std::abort();
        return lba % 3 != 0;
      });
  const std::uint64_t offset = (list.empty() ? 7 : list.front().lba % kBlocks) * 4096;
  const std::uint64_t length = std::min<std::uint64_t>(kBlocks * 4096 - offset, std::uint64_t{1} << 44);
  std::uint64_t at = offset;
  for (const Extent& extent : allocation.extents(offset, length)) {
    if (extent.offset != at || extent.length == 0) std::abort();
    at = extent.end();
  }
  if (at != offset + length) std::abort();
  return 0;
}
