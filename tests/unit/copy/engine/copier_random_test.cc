// SPDX-License-Identifier: Apache-2.0
// Random disks, devices and options: whatever they are, a copy is byte for byte what its source is.
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;
using Op = FaultDevice::Op;

namespace {

using Random = std::mt19937_64;

template <typename T>
T pick(Random& random, std::initializer_list<T> values) {
  return values.begin()[random() % values.size()];
}

/// Pieces of data, of zeros, and of blocks that only one byte, the first or the last, keeps from being zeros.
Content random_disk(std::size_t size, Random& random) {
  Content disk(size);
  for (std::size_t at = 0; at < size;) {
    const std::size_t wanted = pick<std::size_t>(
        random, {512, 4096, 12 * KiB, 16 * KiB, 32 * KiB + 512, 64 * KiB, 68 * KiB, 192 * KiB, MiB + 4096});
    const std::size_t length = std::min(wanted, size - at);
    const auto part = std::span(disk).subspan(at, length);
    switch (random() % 6) {
      case 0: {
        const Content data = random_bytes(length, random());
        std::copy(data.begin(), data.end(), part.begin());
        break;
      }
      case 1:
        part.front() = std::byte{1};
        break;
      case 2:
        part.back() = std::byte{0x80};
        break;
      case 3:
        for (std::size_t i = 0; i < length; i += 4096)
          part[std::min(i + (random() % 2 == 0 ? 0 : 4095), length - 1)] = std::byte{0x10};
        break;
      default:
        break;  // zeros
    }
    at += length;
  }
  return disk;
}

/// What an honest device might say of `disk`: each run of zeros is a hole, data or unknown.
std::vector<Extent> honest_extents(std::span<const std::byte> disk, Random& random) {
  std::vector<Run> runs;
  zero_runs(disk, 512, 512, runs);
  std::vector<Extent> extents;
  for (const Run& run : runs) {
    const auto kind = run.zero ? pick(random, {Extent::Kind::zero, Extent::Kind::zero, Extent::Kind::data})
                               : Extent::Kind::data;
    if (random() % 8 != 0) extents.push_back({run.offset, run.length, kind});
  }
  return extents;
}

Limits random_limits(Limits limits, Random& random) {
  const std::uint64_t block = limits.logical_block;
  limits.max_transfer = pick<std::uint64_t>(random, {8192, 64 * KiB, 100 * KiB, 512 * KiB, MiB, GiB});
  limits.max_zero = pick<std::uint64_t>(random, {block, 4096, 36 * KiB, MiB, GiB});
  limits.min_zero_run = pick<std::uint64_t>(random, {4096, 16 * KiB, 32 * KiB, MiB});
  limits.unmap_granularity =
      pick<std::uint64_t>(random, {0, block, 4096, 64 * KiB, 64 * KiB, 192 * KiB, MiB});
  if (limits.unmap_granularity != 0) {
    limits.unmap_alignment = pick<std::uint64_t>(random, {0, 0, block, 4096, 60 * KiB, 68 * KiB});
    limits.max_unmap = pick<std::uint64_t>(random, {limits.unmap_granularity, 100 * KiB, MiB + 4096, GiB});
  }
  limits.unmap_guaranteed = random() % 2 == 0;
  return limits;
}

/// How UNMAP of the destination behaves.
enum class Unmap { works, ignored, sometimes_ignored, fails };

struct Trial {
  explicit Trial(unsigned seed) : random(seed) {
    options.zero = pick(random, {ZeroPolicy::prove, ZeroPolicy::prove, ZeroPolicy::write, ZeroPolicy::skip});
    options.verify =
        pick(random, {VerifyMode::none, VerifyMode::full, VerifyMode::written, VerifyMode::sample});
    options.block = pick<std::uint64_t>(random, {64 * KiB, 68 * KiB, 128 * KiB, MiB, 8 * MiB});
    options.memory = pick<std::uint64_t>(random, {0, MiB, 48 * MiB});
    const std::uint32_t source_block = pick<std::uint32_t>(random, {512, 512, 4096}),
                        block = pick<std::uint32_t>(random, {512, 4096});
    const std::uint64_t unit = std::max(source_block, block);
    const std::uint64_t size =
        unit * (1 + random() % (pick<std::uint64_t>(random, {64 * KiB, 2 * MiB, 4 * MiB}) / unit));
    content = random_disk(size, random);
    from = disk_of(content, "source", source_block);
    from->set_extents(honest_extents(content, random));
    from->set_limits(random_limits(from->limits(), random));
    old = options.zero == ZeroPolicy::skip ? std::byte{0} : std::byte{0xAA};
    to = std::make_shared<MemoryDevice>("copy", size + pick<std::uint64_t>(random, {0, 4096, MiB}), old,
                                        block);
    to->set_limits(random_limits(to->limits(), random));
    behave();
  }

  void behave() {
    unmap =
        pick(random, {Unmap::works, Unmap::works, Unmap::ignored, Unmap::sometimes_ignored, Unmap::fails});
    Limits limits = to->limits();
    if (unmap == Unmap::ignored || unmap == Unmap::sometimes_ignored) limits.unmap_guaranteed = false;
    to->set_limits(limits);
    fault = std::make_shared<FaultDevice>(to);
    const std::uint64_t skip = unmap == Unmap::ignored ? 0 : random() % 4;
    if (unmap == Unmap::fails)
      fault->add(
          {.op = Op::unmap, .effect = FaultDevice::Fail{Error(Exit::failed, "copy", "no")}, .skip = skip});
    else if (unmap != Unmap::works)
      fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}, .skip = skip});
  }

  void run() {
    const unsigned threads = random() % 3 == 0 ? 0 : 3;
    StrictDevice source(from, threads), destination(fault, threads);
    const LogCapture log;
    const CopyResult result = run_copy(&source, {&destination}, options);
    CHECK(source.sins() == "");
    CHECK(destination.sins() == "");
    CHECK(source.in_flight() + destination.in_flight() == 0);
    const DestinationResult& one = result.destinations.at(0);
    REQUIRE(!one.error);
    REQUIRE(bytes_of(to->bytes().first(content.size())) == content);
    CHECK(bytes_of(to->bytes().subspan(content.size())) == Content(to->size() - content.size(), old));
    CHECK(result.total == content.size());
    CHECK(result.data + result.zero == content.size());
    CHECK(result.hash == hash128(content));
    CHECK(one.bytes.written + one.bytes.unmapped + one.bytes.skipped == content.size());
    if (options.zero != ZeroPolicy::skip) CHECK(one.bytes.skipped == 0);
    CHECK(one.mismatches.empty());
    CHECK(one.rewritten.empty());
    if (options.verify == VerifyMode::full) CHECK(one.verified == content.size());
    if (options.verify == VerifyMode::none) CHECK(one.verified == 0);
    // What was zeros before, as the hidden head was, shows no lie.
    const auto requests = fault->requests();
    const bool unmap_failed =
        unmap == Unmap::ignored &&
        std::any_of(requests.begin(), requests.end(), [](const FaultDevice::Request& request) {
          return request.op == Op::unmap && request.offset + request.length > kHead;
        });
    const bool may_lie = unmap == Unmap::sometimes_ignored;
    if (!may_lie) CHECK(log.warnings().size() == (unmap_failed ? 1 : 0));
    if (may_lie) CHECK(log.warnings().size() <= 1);
  }

  Random random;
  CopyOptions options;
  Content content;
  std::shared_ptr<MemoryDevice> from, to;
  std::shared_ptr<FaultDevice> fault;
  Unmap unmap = Unmap::works;
  std::byte old{};
};

}  // namespace

TEST_CASE("random sources, destinations and options") {
  for (unsigned seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    Trial(seed).run();
  }
}

TEST_CASE("a copy of a copy onto the same destination: old content is what another trial left") {
  Random random(99);
  auto to = std::make_shared<MemoryDevice>("copy", 4 * MiB, std::byte{0xAA});
  for (unsigned round = 0; round < 15; ++round) {
    CAPTURE(round);
    const Content content = random_disk((1 + random() % 8192) * 512, random);
    const auto from = disk_of(content);
    from->set_extents(honest_extents(content, random));
    Limits limits = random_limits(to->limits(), random);
    limits.unmap_guaranteed = true;
    to->set_limits(limits);
    const Content before = bytes_of(to->bytes());
    StrictDevice source(from, 2), destination(to, 2);
    CopyOptions options;
    options.block = 128 * KiB;
    options.verify = VerifyMode::full;
    REQUIRE(!run_copy(&source, {&destination}, options).destinations[0].error);
    REQUIRE(bytes_of(to->bytes().first(content.size())) == content);
    REQUIRE(bytes_of(to->bytes().subspan(content.size())) ==
            Content(before.begin() + static_cast<std::ptrdiff_t>(content.size()), before.end()));
  }
}
