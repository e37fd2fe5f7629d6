// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/destination.h"

#include "copy/copy_checks.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;
using Request = FaultDevice::Request;

namespace {

const FaultDevice::Fail kBroken{Error(Exit::failed, "disk", "broke")};

/// 4 MiB full of 0xAA, with faults on the way and the limits of a LUN.
struct Disk {
  explicit Disk(bool guaranteed = true, std::uint64_t granularity = 64 * KiB, std::uint64_t alignment = 0) {
    Limits limits = memory->limits();
    limits.unmap_guaranteed = guaranteed;
    limits.unmap_granularity = granularity;
    limits.unmap_alignment = alignment;
    limits.max_unmap = MiB;
    limits.max_zero = 512 * KiB;
    limits.max_transfer = 256 * KiB;
    limits.min_zero_run = 16 * KiB;
    memory->set_limits(limits);
    fault = std::make_shared<FaultDevice>(memory);
    strict = std::make_unique<StrictDevice>(fault);
  }
  ~Disk() { CHECK(strict->sins() == ""); }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  std::vector<Request> requests(Op op) const {
    std::vector<Request> found;
    for (const Request& request : fault->requests())
      if (request.op == op) found.push_back(request);
    return found;
  }
  bool is(std::uint64_t offset, std::uint64_t length, int value) const {
    const Content wanted(length, std::byte(static_cast<unsigned char>(value)));
    return std::equal(wanted.begin(), wanted.end(),
                      memory->bytes().begin() + static_cast<std::ptrdiff_t>(offset));
  }

  std::shared_ptr<MemoryDevice> memory = std::make_shared<MemoryDevice>("disk", 4 * MiB, std::byte{0xAA});
  std::shared_ptr<FaultDevice> fault;
  std::unique_ptr<StrictDevice> strict;
};

std::shared_ptr<Block> block_of(std::uint64_t offset, const Content& content) {
  auto block = std::make_shared<Block>();
  block->offset = offset;
  block->length = content.size();
  block->buffer =
      std::shared_ptr<std::byte>(new std::byte[content.size()], std::default_delete<std::byte[]>());
  std::copy(content.begin(), content.end(), block->buffer.get());
  zero_runs(block->bytes(), kGranule, kGranule, block->runs);
  block->hash = hash128(block->bytes());
  return block;
}

/// 0x11 all over, with zeros in [from, from + length).
Content with_zeros(std::size_t size, std::size_t from, std::size_t length) {
  Content content(size, std::byte{0x11});
  std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(from), length, std::byte{0});
  return content;
}

void finish(Destination& destination) {
  destination.flush();
  REQUIRE(destination.wait_until_idle(60s));
}

CopyOptions with(ZeroPolicy zero, VerifyMode verify = VerifyMode::none) {
  CopyOptions options;
  options.zero = zero;
  options.verify = verify;
  return options;
}

}  // namespace

TEST_CASE("data goes in pieces of what the device takes, and the block is let go") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  std::weak_ptr<Block> held;
  {
    const auto block = block_of(MiB, Content(MiB + 4096, std::byte{0x11}));
    held = block;
    destination.write(block);
  }
  finish(destination);
  CHECK(held.expired());
  CHECK(disk.requests(Op::write).size() == 5);
  CHECK(disk.is(MiB, MiB + 4096, 0x11));
  CHECK(disk.is(0, MiB, 0xAA));
  CHECK(disk.is(2 * MiB + 4096, 2 * MiB - 4096, 0xAA));
  CHECK(destination.bytes().written == MiB + 4096);
}

TEST_CASE("zeros in data: long ones by unmap, whole provisioning blocks only; the rest is written") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.write(block_of(0, with_zeros(MiB, 60 * KiB, 200 * KiB)));
  finish(destination);
  CHECK(disk.requests(Op::unmap) == std::vector<Request>{{Op::unmap, 64 * KiB, 192 * KiB}});
  CHECK(disk.requests(Op::zero) ==
        std::vector<Request>{{Op::zero, 60 * KiB, 4 * KiB}, {Op::zero, 256 * KiB, 4 * KiB}});
  CHECK(disk.is(60 * KiB, 200 * KiB, 0));
  CHECK(destination.bytes().unmapped == 192 * KiB);
  CHECK(destination.bytes().written == MiB - 192 * KiB);
}

TEST_CASE("zeros in data shorter than a command pays for are written along") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.write(block_of(0, with_zeros(256 * KiB, 64 * KiB, 12 * KiB)));
  finish(destination);
  CHECK(disk.requests(Op::write) == std::vector<Request>{{Op::write, 0, 256 * KiB}});
  // Where zeros are all there is, there is no data that they could go along with.
  destination.write(block_of(256 * KiB, Content(4096)));
  finish(destination);
  CHECK(disk.requests(Op::write).size() == 1);
  CHECK(disk.requests(Op::zero) == std::vector<Request>{{Op::zero, 256 * KiB, 4096}});
}

TEST_CASE("policies") {
  Disk disk;
  SUBCASE("write: zeros of a block go along as data, runs by zero()") {
    Destination destination(*disk.strict, with(ZeroPolicy::write));
    destination.write(block_of(0, with_zeros(256 * KiB, 64 * KiB, 64 * KiB)));
    destination.zero(MiB, MiB, nullptr);
    finish(destination);
    CHECK(disk.requests(Op::write).size() == 1);
    CHECK(disk.requests(Op::zero).size() == 2);
    CHECK(disk.requests(Op::unmap).empty());
    CHECK(destination.bytes().written == MiB + 256 * KiB);
    CHECK(disk.is(MiB, MiB, 0));
  }
  SUBCASE("skip: zeros are left as they are") {
    Destination destination(*disk.strict, with(ZeroPolicy::skip));
    destination.write(block_of(0, with_zeros(256 * KiB, 64 * KiB, 64 * KiB)));
    destination.zero(MiB, MiB, nullptr);
    finish(destination);
    CHECK(disk.requests(Op::zero).empty());
    CHECK(disk.requests(Op::unmap).empty());
    CHECK(destination.bytes().skipped == MiB + 64 * KiB);
    CHECK(disk.is(64 * KiB, 64 * KiB, 0xAA));
  }
}

TEST_CASE("unmaps keep to granularity, alignment and maximum") {
  for (const std::uint64_t alignment : {std::uint64_t{0}, 4 * KiB, 60 * KiB, 68 * KiB})
    for (const std::uint64_t most : {64 * KiB, 100 * KiB, 200 * KiB, MiB, GiB})
      for (const std::uint64_t offset : {std::uint64_t{0}, 4 * KiB, 60 * KiB, MiB - 4 * KiB}) {
        Disk disk(true, 64 * KiB, alignment);
        Limits limits = disk.memory->limits();
        limits.max_unmap = most;
        disk.memory->set_limits(limits);
        disk.strict = std::make_unique<StrictDevice>(disk.fault);
        Destination destination(*disk.strict, with(ZeroPolicy::prove));
        for (const std::uint64_t length : {4 * KiB, 64 * KiB, 128 * KiB + 512, MiB}) {
          destination.zero(offset, length, nullptr);
          REQUIRE(destination.wait_until_idle(60s));
          REQUIRE(disk.is(offset, length, 0));
          REQUIRE(disk.is(offset + length, MiB, 0xAA));
        }
        REQUIRE(disk.strict->sins() == "");
        REQUIRE(!disk.requests(Op::unmap).empty());
      }
}

TEST_CASE("an unmap smaller than its granularity is none") {
  Disk disk(true, 64 * KiB);
  Limits limits = disk.memory->limits();
  limits.max_unmap = 32 * KiB;
  disk.memory->set_limits(limits);
  Destination destination(*disk.fault, with(ZeroPolicy::prove));
  destination.zero(0, MiB, nullptr);
  finish(destination);
  CHECK(disk.requests(Op::unmap).empty());
  CHECK(disk.is(0, MiB, 0));
}

TEST_CASE("an unmap that is not guaranteed is proved at both ends") {
  Disk disk(false);
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  LogCapture log;
  SUBCASE("it leaves zeros") {
    destination.zero(0, MiB, nullptr);
    finish(destination);
    CHECK(disk.requests(Op::read) == std::vector<Request>{{Op::read, 0, 512}, {Op::read, MiB - 512, 512}});
    CHECK(destination.bytes().unmapped == MiB);
    CHECK(disk.requests(Op::zero).empty());
    CHECK(log.warnings().empty());
  }
  SUBCASE("it does nothing") {
    disk.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
    destination.zero(0, 2 * MiB, nullptr);
    destination.zero(2 * MiB, MiB, nullptr);
    finish(destination);
    CHECK(disk.is(0, 3 * MiB, 0));
    CHECK(destination.bytes().unmapped == 0);
    CHECK(destination.bytes().written == 3 * MiB);
    REQUIRE(log.warnings().size() == 1);
    CHECK(log.warnings()[0].find("1.0 MiB at 0 B (bytes 0 to 1048575) was unmapped") != std::string::npos);
  }
  SUBCASE("only the end shows that it does nothing") {
    std::fill_n(disk.memory->bytes().begin(), MiB - 1, std::byte{0});
    disk.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
    destination.zero(0, MiB, nullptr);
    finish(destination);
    CHECK(disk.is(0, MiB, 0));
    CHECK(log.warnings().size() == 1);
  }
  SUBCASE("what was believed before it lies is to be written after all") {
    for (const std::size_t end : {std::size_t{0}, MiB - 512, MiB, 2 * MiB - 512})
      std::fill_n(disk.memory->bytes().begin() + static_cast<std::ptrdiff_t>(end), 512, std::byte{0});
    disk.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
    destination.zero(0, 2 * MiB, nullptr);
    CHECK(destination.take_unread_zeros().empty());
    CHECK(destination.bytes().unmapped == 2 * MiB);
    destination.zero(3 * MiB, MiB, nullptr);
    CHECK(destination.take_unread_zeros() == std::vector<Range>{{0, 2 * MiB}});
    CHECK(destination.take_unread_zeros().empty());
    CHECK(destination.bytes().unmapped == 0);
    finish(destination);
  }
  SUBCASE("the proof cannot be read") {
    disk.fault->add({.op = Op::read, .effect = kBroken, .skip = 1, .count = 1});
    destination.zero(0, MiB, nullptr);
    finish(destination);
    CHECK(!destination.error());
    CHECK(disk.requests(Op::zero).size() == 2);
    CHECK(log.warnings().empty());
  }
}

TEST_CASE("after an unmap that fails zeros are written, and it is not tried again") {
  Disk disk;
  disk.fault->add({.op = Op::unmap, .effect = kBroken, .skip = 1, .count = 1});
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.zero(0, 2 * MiB, nullptr);
  destination.zero(2 * MiB, MiB, nullptr);
  finish(destination);
  CHECK(!destination.error());
  CHECK(disk.requests(Op::unmap).size() == 2);
  CHECK(disk.is(0, 3 * MiB, 0));
  CHECK(destination.bytes().unmapped == MiB);
  CHECK(destination.bytes().written == 2 * MiB);
}

TEST_CASE("the first error of any kind ends it, and what comes later is let go at once") {
  for (const Op op : {Op::write, Op::zero, Op::flush}) {
    Disk disk(true, 0);
    disk.fault->add({.op = op, .effect = kBroken, .count = 1});
    disk.fault->add({.op = op, .effect = FaultDevice::Fail{Error(Exit::failed, "disk", "broke again")}});
    Destination destination(*disk.strict, with(ZeroPolicy::prove));
    destination.write(block_of(0, Content(MiB, std::byte{0x11})));
    destination.zero(MiB, MiB, nullptr);
    finish(destination);
    REQUIRE(destination.error());
    CHECK(destination.error()->cause() == "broke");
    CHECK(destination.failed());
    const std::size_t before = disk.fault->requests().size();
    const auto block = block_of(2 * MiB, Content(4096, std::byte{0x11}));
    destination.write(block);
    destination.zero(3 * MiB, MiB, nullptr);
    finish(destination);
    CHECK(block.use_count() == 1);
    CHECK(disk.fault->requests().size() == before);
  }
}

TEST_CASE("zeros under way are bounded, and a failure lets go whoever waits") {
  Disk disk;
  disk.fault->add({.op = Op::unmap, .effect = FaultDevice::Delay{1h}});
  {
    Destination destination(*disk.fault, with(ZeroPolicy::prove));
    int under_way = 0;
    while (under_way < 1000 && destination.wait_for_capacity(1ms)) {
      destination.zero(MiB, 64 * KiB, nullptr);
      ++under_way;
    }
    CHECK(under_way == 8);
    CHECK(!destination.wait_until_idle(1ms));
    destination.fail(Error(Exit::failed, "disk", "gone"));
    CHECK(destination.wait_for_capacity(1ms));
    disk.strict.reset();
    disk.fault.reset();  // lets the delayed requests go
    CHECK(destination.wait_until_idle(60s));
  }
  disk.strict = std::make_unique<StrictDevice>(disk.memory);
}

TEST_CASE("a share is held until the last piece of the work is done") {
  Disk disk;
  Progress progress(nullptr);
  Destination destination(*disk.fault, with(ZeroPolicy::prove));
  disk.fault->add({.op = Op::unmap, .effect = FaultDevice::Delay{1h}, .offset = MiB, .length = 1});
  destination.zero(0, 2 * MiB, std::make_shared<ProgressTicket>(progress, 2 * MiB));
  CHECK(progress.done() == 0);
  disk.strict.reset();
  disk.fault.reset();
  REQUIRE(destination.wait_until_idle(60s));
  CHECK(progress.done() == 2 * MiB);
  disk.strict = std::make_unique<StrictDevice>(disk.memory);
}

TEST_CASE("what each mode verifies") {
  const auto verified = [](VerifyMode mode, std::size_t blocks) {
    Disk disk;
    CopyOptions options = with(ZeroPolicy::prove, mode);
    options.block = 64 * KiB;
    Destination destination(*disk.strict, options);
    for (std::size_t i = 0; i < blocks; ++i)
      destination.write(block_of(i * 64 * KiB, Content(64 * KiB, std::byte{0x11})));
    destination.zero(3 * MiB, MiB, nullptr);
    finish(destination);
    REQUIRE(destination.verifier() != nullptr);
    REQUIRE(destination.verifier()->wait_until_idle(60s));
    CHECK(destination.verifier()->take_mismatches().empty());
    return destination.verifier()->verified();
  };
  CHECK(verified(VerifyMode::full, 40) == 40 * 64 * KiB + MiB);
  CHECK(verified(VerifyMode::written, 40) == 40 * 64 * KiB);
  CHECK(verified(VerifyMode::sample, 40) == 4 * 64 * KiB);  // 0, 16, 32 and the last
  CHECK(verified(VerifyMode::sample, 1) == 64 * KiB);
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  CHECK(destination.verifier() == nullptr);
}

TEST_CASE("a read-back that fails ends the destination while it is written") {
  Disk disk;
  disk.fault->add({.op = Op::read, .effect = kBroken});
  CopyOptions options = with(ZeroPolicy::prove, VerifyMode::full);
  options.block = 256 * KiB;
  Destination destination(*disk.strict, options);
  destination.write(block_of(0, Content(256 * KiB, std::byte{0x11})));
  while (!destination.verifier()->error()) std::this_thread::sleep_for(1ms);
  CHECK(destination.wait_for_capacity(1ms));
  REQUIRE(destination.error());
  CHECK(destination.error()->cause() == "broke");
}

TEST_CASE("whatever is in the head is hidden, by zeros and a mark, and stays so until it is left") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  CHECK(!destination.boot_region_hidden());
  const Token epoch = Token::random();
  destination.hide_boot_region(MiB, epoch);
  CHECK(destination.boot_region_hidden());
  const BootRegionContent content = read_boot_region_content(*disk.memory, MiB);
  CHECK(content.hidden);
  REQUIRE(content.marks.size() == 1);
  CHECK(content.marks[0].epoch.token == epoch);
  CHECK(disk.is(MiB, 3 * MiB, 0xAA));
  CHECK(disk.requests(Op::flush).size() == 1);
  destination.write_boot_region({});
  CHECK(!destination.boot_region_hidden());
  CHECK(disk.is(0, MiB, 0));
}

TEST_CASE("an empty head takes the mark and nothing else") {
  Disk disk;
  std::fill_n(disk.memory->bytes().begin(), MiB, std::byte{0});
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.hide_boot_region(MiB, Token::random());
  CHECK(disk.requests(Op::zero).empty());
  CHECK(disk.requests(Op::flush).empty());
  CHECK(disk.requests(Op::write).size() == 1);
}

TEST_CASE("a head shorter than a partition table") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.hide_boot_region(512, Token::random());
  CHECK(disk.is(0, 512, 0));
  CHECK(disk.is(512, MiB, 0xAA));
}

TEST_CASE("a head that is no good becomes zeros") {
  Disk disk;
  Destination destination(*disk.strict, with(ZeroPolicy::prove));
  destination.clear_boot_region(MiB);
  CHECK(disk.is(0, MiB, 0));
  CHECK(disk.is(MiB, 3 * MiB, 0xAA));
  CHECK(disk.requests(Op::flush).size() == 1);
}

TEST_CASE("errors of hiding the head are thrown") {
  for (const Op op : {Op::read, Op::write, Op::zero, Op::flush}) {
    Disk disk;
    disk.fault->add({.op = op, .effect = kBroken});
    Destination destination(*disk.strict, with(ZeroPolicy::prove));
    const auto error = error_of([&] { destination.hide_boot_region(MiB, Token::random()); });
    REQUIRE(error);
    CHECK(error->cause() == "broke");
  }
}
