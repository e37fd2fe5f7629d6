// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_limits.h"

#include <doctest/doctest.h>

#include "core/units.h"

using namespace san;
using namespace san::iscsi;

namespace {

/// A thin LUN of 1 TiB that can everything and has no limits.
LunInfo thin(std::uint32_t block = 512) {
  LunInfo lun;
  lun.capacity =
      Capacity{.blocks = TiB / block, .block_size = block, .lbpme = true, .lbprz = true, .long_form = true};
  lun.limits = BlockLimits{};
  lun.provisioning = Provisioning{.lbpu = true, .lbpws = true, .lbpws10 = true, .lbprz = true, .type = 2};
  return lun;
}

}  // namespace

TEST_CASE("a LUN that says nothing") {
  LunInfo lun = thin();
  lun.limits.reset();
  lun.provisioning.reset();
  const Limits limits = lun_limits(lun, 16);
  CHECK(limits.logical_block == 512);
  CHECK(limits.physical_block == 512);
  CHECK(limits.max_transfer == 8 * MiB);
  CHECK(limits.max_zero == 16 * MiB);
  CHECK(limits.queue_depth == 16);
  CHECK(limits.unmap_granularity == 0);
  CHECK(limits.max_unmap == 0);
  CHECK_FALSE(limits.unmap_guaranteed);
}

TEST_CASE("transfers") {
  LunInfo lun = thin(4096);
  lun.capacity->physical_exponent = 3;
  CHECK(lun_limits(lun, 1).physical_block == 32768);
  lun.limits->max_transfer_blocks = 100;
  CHECK(lun_limits(lun, 1).max_transfer == 100 * 4096);
  lun.limits->max_transfer_blocks = 0xFFFFFFFF;
  CHECK(lun_limits(lun, 1).max_transfer == 8 * MiB);
  lun.limits->max_write_same_blocks = 7;
  CHECK(lun_limits(lun, 1).max_zero == 7 * 4096);
  lun.limits->max_write_same_blocks = ~std::uint64_t{0};
  CHECK(lun_limits(lun, 1).max_zero == 16 * MiB);
  // (10) counts blocks in 16 bits.
  lun = thin(256);
  lun.capacity->long_form = false;
  CHECK(lun_limits(lun, 1).max_transfer == 8 * MiB);
  CHECK(lun_limits(lun, 1).max_transfer / 256 <= 65535);
}

TEST_CASE("unmapping is clamped to 1 GiB, whatever is declared") {
  LunInfo lun = thin();
  for (const std::uint32_t most : {0U, 0xFFFFFFFFU}) {
    lun.limits->max_unmap_blocks = most;
    CHECK(lun_limits(lun, 1).max_unmap == GiB);
    CHECK(lun_limits(lun, 1).unmap_granularity == 512);
  }
  lun.limits->max_unmap_blocks = 8192;
  CHECK(lun_limits(lun, 1).max_unmap == 8192 * 512);
  // Without UNMAP, by WRITE SAME, which has a limit of its own.
  lun.provisioning->lbpu = false;
  CHECK(lun_limits(lun, 1).max_unmap == GiB);
  lun.limits->max_write_same_blocks = 100;
  CHECK(lun_limits(lun, 1).max_unmap == 100 * 512);
  lun.provisioning->lbpws = false;
  CHECK(lun_limits(lun, 1).max_unmap == 0);
}

TEST_CASE("granularity and alignment") {
  LunInfo lun = thin();
  lun.limits->unmap_granularity_blocks = 24;
  lun.limits->unmap_alignment_blocks = 50;
  const Limits limits = lun_limits(lun, 1);
  CHECK(limits.unmap_granularity == 24 * 512);
  CHECK(limits.unmap_alignment == 2 * 512);
  CHECK(limits.max_unmap % limits.unmap_granularity == 0);
  CHECK(limits.max_unmap <= GiB);
  lun.limits->unmap_granularity_blocks = 0xFFFFFFFF;
  CHECK(lun_limits(lun, 1).max_unmap == 0);
  CHECK(lun_limits(lun, 1).unmap_granularity == 0);
  lun.limits->max_unmap_blocks = 23;
  lun.limits->unmap_granularity_blocks = 24;
  CHECK(lun_limits(lun, 1).max_unmap == 0);
}

TEST_CASE("only where both places declare zeros") {
  for (int missing = 0; missing < 4; ++missing) {
    LunInfo lun = thin();
    if (missing == 0) lun.capacity->lbpme = false;
    if (missing == 1) lun.capacity->lbprz = false;
    if (missing == 2) lun.provisioning->lbprz = false;
    if (missing == 3) lun.provisioning.reset();
    CHECK_FALSE(lun.declares_zeros());
    CHECK(lun_limits(lun, 1).max_unmap == 0);
  }
  CHECK(thin().declares_zeros());
}
