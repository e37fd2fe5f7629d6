// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/zero_trial.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/units.h"
#include "devices/fault_device.h"
#include "devices/memory_device.h"

namespace san {

using namespace san::measure;
namespace {

struct Bed {
  std::shared_ptr<MemoryDevice> memory = std::make_shared<MemoryDevice>("m", 8 * MiB, std::byte{0xAA});
  FaultDevice device{memory};
  RangeSet ranges{{MiB, 4 * MiB}, {6 * MiB + 512, MiB}};

  explicit Bed(bool unmaps) {
    Limits limits = memory->limits();
    limits.unmap_granularity = unmaps ? 4096 : 0;
    limits.max_unmap = unmaps ? MiB : 0;
    limits.unmap_guaranteed = false;
    memory->set_limits(limits);
  }
  bool zeros() const {
    const auto bytes = memory->bytes();
    return std::all_of(ranges.begin(), ranges.end(), [&bytes](const Range& range) {
      const auto part = bytes.subspan(range.offset, range.length);
      return std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; });
    });
  }
};

TEST_CASE("a device that unmaps as it says is unmapped") {
  Bed bed(true);
  const ZeroTrial trial = try_zero_policy(bed.device, bed.ranges);
  CHECK(trial.method == ZeroTrial::Method::unmap);
  CHECK(trial.piece == MiB);
  CHECK_FALSE(trial.deceived);
  CHECK(bed.zeros());
  CHECK(bed.memory->bytes()[MiB - 1] == std::byte{0xAA});
  CHECK(bed.memory->bytes()[5 * MiB] == std::byte{0xAA});
}

TEST_CASE("a device that cannot is written to") {
  Bed bed(false);
  const ZeroTrial trial = try_zero_policy(bed.device, bed.ranges);
  CHECK(trial.method == ZeroTrial::Method::written);
  CHECK(describe(trial).find("does not declare") != std::string::npos);
  CHECK(bed.device.count(FaultDevice::Op::unmap) == 0);
  CHECK(bed.zeros());
}

TEST_CASE("a device whose UNMAP does nothing is found out, and written to") {
  Bed bed(true);
  bed.device.add({FaultDevice::Op::unmap, FaultDevice::Ignore{}});
  const ZeroTrial trial = try_zero_policy(bed.device, bed.ranges);
  CHECK(trial.method == ZeroTrial::Method::written);
  CHECK_FALSE(trial.deceived);
  CHECK(bed.zeros());
}

TEST_CASE("a device that deceives the policy is shown as such") {
  Bed bed(true);
  // Nothing is unmapped, but the ends of each piece read as zeros.
  bed.device.add({FaultDevice::Op::unmap, FaultDevice::Ignore{}});
  auto bytes = bed.memory->bytes();
  for (const auto& [offset, length] : bed.ranges)
    for (std::uint64_t at = offset / 4096 * 4096; at < offset + length + 4096; at += MiB)
      for (std::uint64_t i = 0; i < 16 * KiB; ++i) {
        if (at + i >= offset && at + i < offset + length) bytes[at + i] = std::byte{0};
        if (at >= i + 1 && at - i - 1 >= offset && at - i - 1 < offset + length)
          bytes[at - i - 1] = std::byte{0};
      }
  const ZeroTrial trial = try_zero_policy(bed.device, bed.ranges);
  REQUIRE(trial.deceived);
  CHECK(*trial.deceived >= MiB);
  CHECK_FALSE(trial.left);
  CHECK(describe(trial).ends_with("is not; clone onto this LUN with zeros written"));
  CHECK(bed.zeros());
}

TEST_CASE("a device that takes no zeros at all is told of") {
  Bed bed(false);
  bed.device.add({FaultDevice::Op::zero, FaultDevice::Ignore{}});
  const ZeroTrial trial = try_zero_policy(bed.device, bed.ranges);
  CHECK(trial.deceived == MiB);
  CHECK(trial.left == MiB);
}

}  // namespace
}  // namespace san
