// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/verifier.h"

#include "copy/copy_checks.h"
#include "copy/silent_device.h"
#include "copy/sparse_device.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;

namespace {

constexpr std::uint64_t kBlock = 64 * KiB;

Expectation data_of(MemoryDevice& disk, std::uint64_t offset, std::uint64_t length) {
  return {{offset, length}, hash128(disk.bytes().subspan(offset, length))};
}

std::vector<Range> ranges_of(std::vector<Expectation> expectations) {
  std::vector<Range> ranges;
  for (const Expectation& one : expectations) ranges.push_back(one.range);
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.offset < b.offset; });
  return ranges;
}

}  // namespace

TEST_CASE("right data and right zeros are verified") {
  const auto disk = disk_of(random_bytes(MiB, 1));
  std::fill_n(disk->bytes().begin() + 512 * KiB, 256 * KiB, std::byte{0});
  const auto device = std::make_shared<StrictDevice>(disk, 3);
  Verifier verifier(*device, kBlock);
  for (std::uint64_t at = 0; at < MiB; at += kBlock)
    if (at < 512 * KiB || at >= 768 * KiB) verifier.add(data_of(*disk, at, kBlock));
  verifier.add({{512 * KiB, 128 * KiB}, {}});
  verifier.add({{640 * KiB, 128 * KiB}, {}});
  REQUIRE(verifier.wait_until_idle(60s));
  CHECK(verifier.verified() == MiB);
  CHECK(verifier.backlog() == 0);
  CHECK(verifier.queued() == 0);
  CHECK(verifier.take_mismatches().empty());
  CHECK(!verifier.error());
}

TEST_CASE("wrong data and wrong zeros are mismatches, once") {
  const auto disk = disk_of(random_bytes(MiB, 1));
  std::fill_n(disk->bytes().begin() + 512 * KiB, 512 * KiB, std::byte{0});
  Verifier verifier(*disk, kBlock);
  const Expectation good = data_of(*disk, 0, kBlock), bad = data_of(*disk, kBlock, kBlock);
  disk->bytes()[2 * kBlock - 1] ^= std::byte{1};
  disk->bytes()[768 * KiB + 17] = std::byte{1};
  verifier.add(good);
  verifier.add(bad);
  verifier.add({{512 * KiB, 512 * KiB}, {}});
  REQUIRE(verifier.wait_until_idle(60s));
  CHECK(ranges_of(verifier.take_mismatches()) == std::vector<Range>{{kBlock, kBlock}, {768 * KiB, kBlock}});
  CHECK(verifier.take_mismatches().empty());
  CHECK(verifier.verified() == kBlock + 512 * KiB - kBlock);
  CHECK(verifier.backlog() == 0);
}

TEST_CASE("what the device has proved to be zeros is not read, the rest is") {
  const auto disk = std::make_shared<MemoryDevice>("disk", MiB);
  disk->set_extents({{0, 256 * KiB, Extent::Kind::zero}, {512 * KiB, 512 * KiB, Extent::Kind::data}});
  FaultDevice device(disk);
  Verifier verifier(device, kBlock);
  verifier.add({{0, MiB}, {}});
  REQUIRE(verifier.wait_until_idle(60s));
  CHECK(verifier.verified() == MiB);
  CHECK(device.count(Op::read) == 768 * KiB / kBlock);
}

TEST_CASE("a read that fails ends it and is told") {
  const auto disk = disk_of(random_bytes(MiB, 1));
  FaultDevice device(disk);
  device.add({.op = Op::read,
              .effect = FaultDevice::Fail{Error(Exit::failed, "disk", "broke")},
              .offset = 4 * kBlock,
              .length = 1});
  Verifier verifier(device, kBlock);
  for (std::uint64_t at = 0; at < 8 * kBlock; at += kBlock) verifier.add(data_of(*disk, at, kBlock));
  REQUIRE(verifier.wait_until_idle(60s));
  REQUIRE(verifier.error());
  CHECK(verifier.error()->cause() == "broke");
  for (std::uint64_t at = 8 * kBlock; at < MiB; at += kBlock) verifier.add(data_of(*disk, at, kBlock));
  CHECK(verifier.queued() == 0);
  CHECK(verifier.verified() <= 8 * kBlock);
}

TEST_CASE("extents that cannot be asked for are an error too") {
  SparseDevice device(4 * GiB, {});
  device.fail_extents_from(2 * GiB);
  Verifier verifier(device, kBlock);
  verifier.add({{0, 4 * GiB}, {}});
  REQUIRE(verifier.wait_until_idle(60s));
  REQUIRE(verifier.error());
  CHECK(verifier.error()->cause() == "cannot tell what is allocated");
  for (const Range& asked : device.asked()) CHECK(asked.length <= GiB);
}

TEST_CASE("zeros are left for the end, and data is not") {
  const auto disk = std::make_shared<MemoryDevice>("disk", 8 * MiB);
  FaultDevice device(disk);
  Verifier verifier(device, kBlock);
  verifier.add({{4 * MiB, kBlock}, {}});
  verifier.add({{0, kBlock}, hash128(Content(kBlock))});
  verifier.add({{4 * MiB + kBlock, kBlock}, {}});
  while (verifier.verified() < kBlock) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(20ms);
  CHECK(verifier.verified() == kBlock);
  CHECK(verifier.backlog() == 2 * kBlock);
  CHECK(verifier.queued() == 1);
  while (!verifier.wait_until_idle(10s)) {
  }
  CHECK(verifier.verified() == 3 * kBlock);
  CHECK(verifier.backlog() == 0);
}

TEST_CASE("it ends in the middle of zeros as large as a disk") {
  const auto device = std::make_shared<StrictDevice>(std::make_shared<SilentDevice>(64 * TiB), 2);
  {
    Verifier verifier(*device, kBlock);
    verifier.add({{0, 64 * TiB}, {}});
    CHECK(!verifier.wait_until_idle(1ms));
    while (verifier.verified() == 0) std::this_thread::sleep_for(1ms);
    CHECK(!verifier.wait_until_idle(1ms));
  }
  CHECK(device->in_flight() == 0);
  CHECK(device->sins() == "");
}

TEST_CASE("it waits for reads under way when it ends, and buffers outlive copies of the completion") {
  const auto disk = std::make_shared<MemoryDevice>("disk", 8 * MiB);
  FaultDevice device(disk);
  device.add({.op = Op::read, .effect = FaultDevice::Delay{5ms}});
  for (int i = 0; i < 20; ++i) {
    Verifier verifier(device, kBlock);
    verifier.add({{0, 8 * MiB}, {}});
    verifier.wait_until_idle(0ms);
    while (device.count(Op::read) == 0) std::this_thread::yield();
  }
}
