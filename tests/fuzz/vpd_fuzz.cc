// SPDX-License-Identifier: Apache-2.0
// What a LUN says of itself; and a LUN that says all of it, whose limits must make sense nevertheless.
#include <cstdlib>
#include <vector>

#include "iscsi/lun/lun_limits.h"

namespace {

void try_limits(const san::iscsi::LunInfo& lun) {
  const san::Limits limits = lun_limits(lun, 16);
  const std::uint64_t block = limits.logical_block;
  const auto blocks = [&](std::uint64_t length) { return length > 0 && length % block == 0; };
  if (block != lun.block_size() || !blocks(limits.max_transfer) || limits.max_transfer > 8u << 20 ||
      !blocks(limits.max_zero) || limits.max_zero > 16u << 20 || limits.physical_block < block)
    std::abort();
  if (limits.unmap_granularity == 0) {
    if (limits.max_unmap != 0) std::abort();
  } else if (!blocks(limits.unmap_granularity) || limits.unmap_alignment >= limits.unmap_granularity ||
             limits.max_unmap == 0 || limits.max_unmap % limits.unmap_granularity != 0 ||
             limits.max_unmap > 1u << 30) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::iscsi;
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  parse_inquiry(input);
  parse_supported_pages(input);
  parse_serial(input);
  parse_mode(input, false);
  parse_mode(input, true);
  parse_capacity_10(input);
  parse_characteristics(input);
  raw_capacity_16(input);

  // Capacity, VPD pages B0h and B2h and 83h, each with a length in front of it.
  LunInfo lun;
  std::span<const std::byte> rest = input;
  const auto next = [&] {
    if (rest.empty()) return std::span<const std::byte>();
    const auto part =
        rest.subspan(1, std::min<std::size_t>(std::to_integer<std::size_t>(rest[0]), rest.size() - 1));
    rest = rest.subspan(1 + part.size());
    return part;
  };
  const auto capacity = parse_capacity_16(next());
  if (!capacity) return 0;
  lun.capacity = capacity;
  if (lun.size() / capacity->block_size != capacity->blocks) std::abort();
  lun.limits = parse_block_limits(next());
  lun.provisioning = parse_provisioning(next());
  lun.designators = parse_designators(next());
  lun.identity();
  try_limits(lun);
  return 0;
}
