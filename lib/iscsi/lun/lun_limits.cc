// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_limits.h"

#include <algorithm>

#include "core/units.h"

namespace san::iscsi {
namespace {

// One UNMAP or WRITE SAME covers at most this, whatever VPD page B0h allows: tgt 1.0 computes the length of
// an UNMAP in 32 bits and answers GOOD to one of 4 GiB without doing anything (bs_rdwr.c).
constexpr std::uint64_t kMaxUnmap = GiB;
// WRITE SAME without UNMAP is real work for many targets: short enough to see it progress and to stop it.
constexpr std::uint64_t kMaxZero = 16 * MiB;
// libiscsi 1.19 counts the bytes of a task in an int; and more than this brings nothing.
constexpr std::uint64_t kMaxTransfer = 8 * MiB;
// Runs of zeros shorter than this cost more as a command of their own than as part of a write.
constexpr std::uint64_t kMinZeroRun = 32 * KiB;

void set_unmap_limits(Limits& limits, const LunInfo& lun) {
  const bool can_unmap = lun.provisioning && (lun.provisioning->lbpu || lun.provisioning->lbpws);
  if (!lun.declares_zeros() || !can_unmap) return;
  const std::uint64_t block = lun.capacity->block_size;
  std::uint64_t granularity = 1, alignment = 0, most = kMaxUnmap / block;
  if (lun.limits) {
    const std::uint64_t declared =
        lun.provisioning->lbpu ? lun.limits->max_unmap_blocks : lun.limits->max_write_same_blocks;
    if (declared != 0) most = std::min(most, declared);
    if (lun.limits->unmap_granularity_blocks != 0) granularity = lun.limits->unmap_granularity_blocks;
    alignment = lun.limits->unmap_alignment_blocks.value_or(0) % granularity;
  }
  if (most < granularity) return;
  limits.unmap_granularity = granularity * block;
  limits.unmap_alignment = alignment * block;
  limits.max_unmap = most / granularity * granularity * block;
}

}  // namespace

Limits lun_limits(const LunInfo& lun, unsigned depth) {
  const std::uint64_t block = lun.capacity->block_size;
  Limits limits;
  limits.logical_block = lun.capacity->block_size;
  limits.physical_block = lun.capacity->block_size << std::min(lun.capacity->physical_exponent, 10U);
  limits.queue_depth = depth;
  limits.max_transfer = kMaxTransfer;
  limits.min_zero_run = kMinZeroRun;
  limits.max_zero = kMaxZero;
  if (lun.limits && lun.limits->max_write_same_blocks != 0 &&
      lun.limits->max_write_same_blocks < kMaxZero / block)
    limits.max_zero = lun.limits->max_write_same_blocks * block;
  if (lun.limits && lun.limits->max_transfer_blocks != 0)
    limits.max_transfer = std::min(kMaxTransfer, lun.limits->max_transfer_blocks * block);
  // The (10) forms count blocks in 16 bits.
  if (!lun.long_form()) limits.max_transfer = std::min(limits.max_transfer, 65535 * block);
  set_unmap_limits(limits, lun);
  return limits;
}

}  // namespace san::iscsi
