// SPDX-License-Identifier: Apache-2.0
#include "copy/compare.h"

#include <csignal>

#include "copy/copy_checks.h"
#include "copy/silent_device.h"
#include "copy/sparse_device.h"
#include "copy/strict_device.h"
#include "core/process/interrupt.h"

using namespace san;
using namespace san::copy;
using Op = FaultDevice::Op;

namespace {

CompareResult compared(ReadableDevice& left, ReadableDevice& right, std::uint64_t size,
                       const CompareOptions& options = {}) {
  Progress progress(nullptr);
  const CompareResult result = compare(left, right, size, options, progress);
  CHECK(progress.done() == size);
  CHECK(result.compared == size);
  return result;
}

/// The same by the plain way.
std::vector<Range> differences(std::span<const std::byte> a, std::span<const std::byte> b, std::size_t unit) {
  std::vector<Range> ranges;
  for (std::size_t at = 0; at < a.size(); at += unit) {
    const std::size_t length = std::min(unit, a.size() - at);
    if (std::equal(a.begin() + at, a.begin() + at + length, b.begin() + at)) continue;
    if (!ranges.empty() && ranges.back().offset + ranges.back().length == at)
      ranges.back().length += length;
    else
      ranges.push_back({at, length});
  }
  return ranges;
}

}  // namespace

TEST_CASE("equal disks are identical, whatever lies behind the size") {
  const Content content = random_bytes(3 * MiB + 512, 1);
  const auto left = disk_of(content);
  auto larger = content;
  larger.resize(5 * MiB, std::byte{7});
  const auto right = disk_of(larger);
  const CompareResult result = compared(*left, *right, content.size());
  CHECK(result.identical());
  CHECK(result.ranges.empty());
  CHECK(!result.more);
  CHECK(compared(*left, *right, 0).identical());
}

TEST_CASE("a difference is named by its blocks") {
  const Content content = random_bytes(3 * MiB, 1);
  const auto left = disk_of(content), right = disk_of(content);
  right->bytes()[0] ^= std::byte{1};
  right->bytes()[MiB - 1] ^= std::byte{1};
  right->bytes()[MiB] ^= std::byte{1};  // joins the one before over the border of two requests
  right->bytes()[3 * MiB - 1] ^= std::byte{0x80};
  const CompareResult result = compared(*left, *right, 3 * MiB);
  CHECK(!result.identical());
  CHECK(result.differing == 4 * 512);
  CHECK(result.ranges == std::vector<Range>{{0, 512}, {MiB - 512, 1024}, {3 * MiB - 512, 512}});
}

TEST_CASE("the unit is the larger of both blocks") {
  const Content content = random_bytes(MiB, 1);
  const auto left = disk_of(content), right = disk_of(content, "right", 4096);
  right->bytes()[10'000] ^= std::byte{1};
  for (const CompareResult& result : {compared(*left, *right, MiB), compared(*right, *left, MiB)})
    CHECK(result.ranges == std::vector<Range>{{8192, 4096}});
}

TEST_CASE("only the first ranges are named") {
  const Content content(4 * MiB);
  const auto left = disk_of(content), right = disk_of(content);
  for (std::size_t at = 0; at < content.size(); at += 8192) right->bytes()[at] = std::byte{1};
  CompareOptions options;
  options.most_ranges = 3;
  CompareResult result = compared(*left, *right, 4 * MiB, options);
  CHECK(result.ranges == std::vector<Range>{{0, 512}, {8192, 512}, {16384, 512}});
  CHECK(result.more);
  CHECK(result.differing == 512 * 512);
  options.most_ranges = 512;
  result = compared(*left, *right, 4 * MiB, options);
  CHECK(result.ranges.size() == 512);
  CHECK(!result.more);
}

TEST_CASE("holes that a kernel vouches for are not read, those of a LUN are") {
  const auto left = std::make_shared<MemoryDevice>("left", 4 * MiB),
             right = std::make_shared<MemoryDevice>("right", 4 * MiB);
  left->set_extents({{MiB, 3 * MiB, Extent::Kind::zero}});
  right->set_extents({{0, 2 * MiB, Extent::Kind::zero}});
  Limits limits = right->limits();
  SUBCASE("both kernels") {
    FaultDevice a(left), b(right);
    CHECK(compared(a, b, 4 * MiB).identical());
    CHECK(a.count(Op::read) == 1);
    CHECK(b.count(Op::read) == 2);
    right->bytes()[3 * MiB] = std::byte{1};  // only one side is a hole there
    CHECK(compared(a, b, 4 * MiB).ranges == std::vector<Range>{{3 * MiB, 512}});
  }
  SUBCASE("a LUN") {
    limits.unmap_guaranteed = false;
    right->set_limits(limits);
    right->bytes()[MiB] = std::byte{1};  // it lies
    CHECK(compared(*left, *right, 4 * MiB).ranges == std::vector<Range>{{MiB, 512}});
  }
}

TEST_CASE("the last blocks of the larger size are compared as far as they belong to it") {
  Content content = random_bytes(MiB + 512, 1);
  const auto left = disk_of(content);
  content.resize(2 * MiB, std::byte{7});
  const auto right = disk_of(content, "right", 4096);
  StrictDevice strict(right, 2);
  CHECK(compared(*left, strict, MiB + 512).identical());
  right->bytes()[MiB + 511] ^= std::byte{1};
  CHECK(compared(*left, strict, MiB + 512).ranges == std::vector<Range>{{MiB, 512}});
  CHECK(strict.sins() == "");
}

TEST_CASE("reads keep to the limits of both") {
  const Content content = random_bytes(3 * MiB, 1);
  const auto a = disk_of(content), b = disk_of(content);
  Limits limits = b->limits();
  limits.max_transfer = 100 * KiB;
  b->set_limits(limits);
  StrictDevice left(a, 2), right(b, 2);
  CHECK(compared(left, right, 3 * MiB).identical());
  CHECK(right.sins() == "");
}

TEST_CASE("random differences, out of order") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 40; ++round) {
    const std::size_t size = (1 + random() % 6000) * 512;
    Content a = random_bytes(size, random()), b = a;
    for (std::size_t i = 0, count = random() % 20; i < count; ++i) {
      const std::size_t at = random() % size,
                        length = 1 + random() % std::min<std::size_t>(size - at, 70'000);
      for (std::size_t k = at; k < at + length; k += 1 + random() % 300) b[k] ^= std::byte{4};
    }
    StrictDevice left(disk_of(a), 2), right(disk_of(b), 3);
    CompareOptions options;
    options.block = 64 * KiB;
    options.most_ranges = 10'000;
    options.depth = static_cast<unsigned>(1 + random() % 8);
    const CompareResult result = compared(left, right, size, options);
    CAPTURE(round);
    CHECK(result.ranges == differences(a, b, 512));
    std::uint64_t sum = 0;
    for (const Range& range : result.ranges) sum += range.length;
    CHECK(result.differing == sum);
    CHECK(!result.more);
    CHECK(left.in_flight() + right.in_flight() == 0);
  }
}

TEST_CASE("a read that fails on either side, at the beginning, in the middle, at the end") {
  const Content content = random_bytes(4 * MiB, 1);
  for (const bool on_left : {true, false})
    for (const std::uint64_t skip : {0, 30, 63}) {
      const auto a = std::make_shared<FaultDevice>(disk_of(content)),
                 b = std::make_shared<FaultDevice>(disk_of(content));
      (on_left ? a : b)
          ->add({.op = Op::read,
                 .effect = FaultDevice::Fail{Error(Exit::failed, "disk", "broke")},
                 .skip = skip,
                 .count = 1});
      StrictDevice left(a, 2), right(b, 2);
      CompareOptions options;
      options.block = 64 * KiB;
      Progress progress(nullptr);
      const auto error = error_of([&] { compare(left, right, 4 * MiB, options, progress); });
      REQUIRE(error);
      CHECK(error->cause() == "broke");
      CHECK(error->code() == Exit::failed);
      CHECK(left.in_flight() + right.in_flight() == 0);
    }
}

TEST_CASE("an interrupt ends it") {
  const Interrupt interrupt;
  SparseDevice a(TiB, {}, Extent::Kind::unknown);
  StrictDevice right(std::make_shared<SilentDevice>(TiB), 2);
  std::atomic<int> reads{0};
  right.set_hook([&](const StrictDevice::Request&) {
    if (++reads == 20) std::raise(SIGINT);
  });
  Progress progress(nullptr);
  const auto error = error_of([&] { compare(a, right, TiB, {}, progress); });
  REQUIRE(error);
  CHECK(error->code() == Exit::interrupted);
  CHECK(right.in_flight() == 0);
}
