// SPDX-License-Identifier: Apache-2.0
// Copies onto a device that edits the partition table on its way: what copies knows nothing of it.
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/strict_device.h"
#include "partition/edit/table_device.h"
#include "partition/edit/table_plan.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::copy;
using namespace san::partition;
using Op = FaultDevice::Op;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

/// A disk with a GPT and data in its partitions, and a destination of another size.
struct Setting {
  explicit Setting(std::uint64_t size, unsigned threads_ = 3) : threads(threads_) {
    const Content noise = random_bytes(3 * MiB, 5);
    std::copy(noise.begin(), noise.end(), from->bytes().begin() + MiB);
    from->set_extents({{5 * MiB, 2 * MiB, Extent::Kind::zero}});
    to = std::make_shared<MemoryDevice>("copy", size, std::byte{0xAA});
    Limits limits = to->limits();
    limits.unmap_granularity = 4096;
    limits.max_unmap = limits.max_zero = 256 * KiB;
    limits.max_transfer = 128 * KiB;
    to->set_limits(limits);
    fault = std::make_shared<FaultDevice>(to);
    options.verify = VerifyMode::full;
    options.block = 128 * KiB;
  }

  CopyResult run() {
    const PartitionTable before = read_partition_table(*from);
    after = *plan_table(before, to->size(), 512, {.grow_last = true, .new_ids = true}).table;
    StrictDevice source(from, threads), destination(fault, threads);
    TableDevice edited(destination, table_patches(*from, before, after, 512), kHead, true);
    const CopyResult result = run_copy(&source, {&edited}, options);
    CHECK(destination.sins().empty());
    return result;
  }

  bool good() const {
    const PartitionTable found = read_partition_table(*to);
    return found.problems.empty() && found.partitions == after.partitions && found.disk_id == after.disk_id &&
           std::equal(from->bytes().begin() + MiB, from->bytes().begin() + kSize - 64 * KiB,
                      to->bytes().begin() + MiB);
  }

  std::shared_ptr<MemoryDevice> from = test::golden_disk(), to;
  std::shared_ptr<FaultDevice> fault;
  PartitionTable after;
  CopyOptions options;
  const unsigned threads;
};

}  // namespace

TEST_CASE("a clone with an edited table is verified as the source, and has its hash") {
  for (const std::uint64_t size : {2 * kSize, kSize + 4096})
    for (const ZeroPolicy zero : {ZeroPolicy::prove, ZeroPolicy::write}) {
      Setting setting(size);
      setting.options.zero = zero;
      const CopyResult result = setting.run();
      CHECK_FALSE(result.destinations[0].error);
      CHECK(result.destinations[0].mismatches.empty());
      CHECK(result.destinations[0].verified == kSize);
      CHECK(result.hash == hash128(setting.from->bytes()));
      CHECK(setting.good());
    }
}

TEST_CASE("zeros that are left out are there where the table needs other bytes") {
  Setting setting(kSize + 4096);
  std::fill(setting.to->bytes().begin(), setting.to->bytes().end(), std::byte{0});
  setting.options.zero = ZeroPolicy::skip;
  CHECK_FALSE(setting.run().destinations[0].error);
  CHECK(setting.good());
}

TEST_CASE("a bit that flipped in the edited table is found and put right") {
  for (const std::uint64_t place : {std::uint64_t{520}, std::uint64_t{1040}, kSize - 500}) {
    Setting setting(2 * kSize);
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{place}, .count = 1});
    const CopyResult result = setting.run();
    CHECK(result.destinations[0].rewritten.size() <= 1);
    CHECK_FALSE(result.destinations[0].error);
    CHECK(result.destinations[0].mismatches.empty());
    CHECK(setting.good());
  }
}

TEST_CASE("a backup that does not arrive fails the clone, which does not look bootable then") {
  Setting setting(2 * kSize);
  setting.fault->add({.op = Op::write, .effect = FaultDevice::Ignore{}, .offset = kSize});
  const CopyResult result = setting.run();
  REQUIRE(result.destinations[0].error);
  CHECK(result.destinations[0].error->code() == Exit::no);
  CHECK_FALSE(bootable(setting.to->bytes()));
}

TEST_CASE("the head is hidden in truth, not under a patch") {
  Setting setting(2 * kSize);
  // What was on the disk before must be gone, though the clone never comes to its head.
  test::put_hex(*setting.to, 510, "55aa");
  setting.fault->add({.op = Op::write,
                      .effect = FaultDevice::Fail{Error(Exit::failed, "copy", "broken")},
                      .offset = 2 * MiB,
                      .length = 512});
  CHECK(setting.run().destinations[0].error);
  CHECK(std::all_of(setting.to->bytes().begin(), setting.to->bytes().begin() + 64 * KiB,
                    [](std::byte b) { return b == std::byte{0}; }));
}
