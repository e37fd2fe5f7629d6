// SPDX-License-Identifier: Apache-2.0
// Bits that flip on their way down or up: what verification finds, what is put right, what is reported.
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/pipe.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;
using Op = FaultDevice::Op;

namespace {

constexpr std::uint64_t kSize = 6 * MiB;

struct Setting {
  Setting() {
    content = bootable_disk(kSize);
    std::fill_n(content.begin() + 3 * MiB, MiB, std::byte{0});
    from = disk_of(content);
    from->set_extents({{3 * MiB, MiB, Extent::Kind::zero}});
    options.verify = VerifyMode::full;
    options.block = 256 * KiB;
  }
  CopyResult run() {
    StrictDevice source(from, 3), destination(fault, 3);
    return run_copy(&source, {&destination}, options);
  }
  bool same() const { return bytes_of(to->bytes()) == content; }

  Content content;
  std::shared_ptr<MemoryDevice> from, to = std::make_shared<MemoryDevice>("copy", kSize, std::byte{0xAA});
  std::shared_ptr<FaultDevice> fault = std::make_shared<FaultDevice>(to);
  CopyOptions options;
};

Range block_at(std::uint64_t place) {
  return {round_down(place, 256 * KiB), 256 * KiB};
}

}  // namespace

TEST_CASE("a bit that flipped once on its way down is found and put right") {
  for (const std::uint64_t place : {std::uint64_t{17}, MiB, 2 * MiB + 4711, kSize - 1}) {
    CAPTURE(place);
    Setting setting;
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{place}, .count = 1});
    const CopyResult result = setting.run();
    const DestinationResult& one = result.destinations[0];
    CHECK(!one.error);
    CHECK(one.rewritten == std::vector<Range>{block_at(place)});
    CHECK(one.mismatches.empty());
    CHECK(setting.same());
    CHECK(result.hash == hash128(setting.content));
  }
}

TEST_CASE("a bit that always flips on its way down is a mismatch, and the disk does not look bootable") {
  for (const std::uint64_t place : {std::uint64_t{17}, MiB, 2 * MiB + 4711, kSize - 1}) {
    CAPTURE(place);
    Setting setting;
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{place}});
    // Another one is put right, and told apart.
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{5 * MiB}, .count = 1});
    const CopyResult result = setting.run();
    const DestinationResult& one = result.destinations[0];
    CHECK(!one.error);
    CHECK(one.mismatches == std::vector<Range>{block_at(place)});
    CHECK(one.rewritten == std::vector<Range>{block_at(5 * MiB)});
    CHECK(!bootable(setting.to->bytes()));
    if (place >= MiB) CHECK(boot_region_is_hidden(setting.to->bytes()));
  }
}

TEST_CASE("a bit that flips on its way up, once") {
  for (const std::uint64_t place : {std::uint64_t{8192}, MiB + 1, kSize - 1}) {
    CAPTURE(place);
    Setting setting;
    // What is read of the head before it is written is only looked at for marks.
    setting.fault->add(
        {.op = Op::read, .effect = FaultDevice::Corrupt{place}, .skip = place < MiB ? 2U : 0U, .count = 1});
    const DestinationResult one = setting.run().destinations[0];
    CHECK(!one.error);
    CHECK(one.rewritten == std::vector<Range>{block_at(place)});
    CHECK(one.mismatches.empty());
    CHECK(setting.same());
  }
}

TEST_CASE("a bit that flips on its way up, always") {
  for (const std::uint64_t place : {std::uint64_t{8192}, MiB + 1, kSize - 1}) {
    CAPTURE(place);
    Setting setting;
    setting.fault->add({.op = Op::read, .effect = FaultDevice::Corrupt{place}});
    const DestinationResult one = setting.run().destinations[0];
    CHECK(!one.error);
    CHECK(one.mismatches == std::vector<Range>{block_at(place)});
    CHECK(one.rewritten.empty());
    CHECK(!bootable(setting.to->bytes()));
  }
}

TEST_CASE("a write that is lost") {
  Setting setting;
  SUBCASE("once") {
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Ignore{}, .skip = 3, .count = 1});
    const DestinationResult one = setting.run().destinations[0];
    CHECK(!one.error);
    CHECK(one.rewritten.size() == 1);
    CHECK(setting.same());
  }
  SUBCASE("always") {
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Ignore{}});
    const DestinationResult one = setting.run().destinations[0];
    CHECK(one.mismatches.size() == 16);  // 4 MiB of data behind the head
    CHECK(one.rewritten.empty());
    CHECK(!bootable(setting.to->bytes()));
  }
}

TEST_CASE("an unmap that leaves something between the ends that were proved") {
  Setting setting;
  Limits limits = setting.to->limits();
  limits.unmap_guaranteed = false;
  setting.to->set_limits(limits);
  std::fill_n(setting.to->bytes().begin() + 3 * MiB, MiB, std::byte{0});
  setting.to->bytes()[3 * MiB + 300'000] = std::byte{1};
  setting.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
  const DestinationResult one = setting.run().destinations[0];
  CHECK(!one.error);
  CHECK(one.rewritten == std::vector<Range>{block_at(3 * MiB + 300'000)});
  CHECK(one.mismatches.empty());
  CHECK(setting.same());
}

TEST_CASE("zeros that are not written although they succeed") {
  Setting setting;
  setting.options.zero = ZeroPolicy::write;
  setting.fault->add({.op = Op::zero, .effect = FaultDevice::Ignore{}, .offset = MiB, .count = 1});
  const DestinationResult one = setting.run().destinations[0];
  CHECK(one.rewritten.size() == 4);
  CHECK(setting.same());
}

TEST_CASE("zeros skipped on a disk that was not empty are mismatches") {
  Setting setting;
  setting.options.zero = ZeroPolicy::skip;
  const DestinationResult one = setting.run().destinations[0];
  CHECK(one.mismatches.size() == 4);
  CHECK(one.rewritten.empty());
}

TEST_CASE("a source that changes is told, and not copied half old, half new") {
  for (const std::uint64_t place : {2 * MiB, 3 * MiB + 5}) {
    CAPTURE(place);
    Setting setting;
    if (place < 3 * MiB)
      setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{place}, .count = 1});
    else
      setting.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
    // The second flush comes when everything but the head has been read; the first, when that is hidden.
    const auto source = std::make_shared<StrictDevice>(setting.from);
    StrictDevice destination(setting.fault);
    destination.set_hook([&, flushes = 0](const StrictDevice::Request& request) mutable {
      if (request.op == Op::flush && ++flushes == 2) setting.from->bytes()[place] ^= std::byte{0x40};
    });
    const CopyResult result = run_copy(source.get(), {&destination}, setting.options);
    const auto& error = result.destinations[0].error;
    REQUIRE(error);
    CHECK(error->object() == "source");
    CHECK(error->cause().find("changed while it was copied") != std::string::npos);
    CHECK(!bootable(setting.to->bytes()));
  }
}

TEST_CASE("the source cannot be read again for the repair") {
  Setting setting;
  setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{2 * MiB}, .count = 1});
  const auto source = std::make_shared<FaultDevice>(setting.from);
  source->add({.op = Op::read,
               .effect = FaultDevice::Fail{Error(Exit::failed, "source", "broke")},
               .offset = 2 * MiB,
               .length = 1,
               .skip = 1});
  const auto error = error_of([&] { run_copy(source.get(), {setting.fault.get()}, setting.options); });
  REQUIRE(error);
  CHECK(error->cause() == "broke");
  CHECK(!bootable(setting.to->bytes()));
}

TEST_CASE("a stream cannot be read again: what is wrong stays wrong, and is told") {
  Setting setting;
  setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{2 * MiB}, .count = 1});
  Pipe pipe(setting.content, 64 * KiB);
  InputStream stream("standard input", pipe.reader());
  const DestinationResult one = run_copy(&stream, {setting.fault.get()}, setting.options).destinations[0];
  CHECK(!one.error);
  CHECK(one.mismatches == std::vector<Range>{block_at(2 * MiB)});
  CHECK(one.rewritten.empty());
  CHECK(!bootable(setting.to->bytes()));
}

TEST_CASE("one of two destinations is wrong") {
  Setting setting;
  setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{2 * MiB}});
  MemoryDevice other("other", kSize, std::byte{0xAA});
  const CopyResult result = run_copy(setting.from.get(), {setting.fault.get(), &other}, setting.options);
  CHECK(result.destinations[0].mismatches.size() == 1);
  CHECK(result.destinations[1].mismatches.empty());
  CHECK(!bootable(setting.to->bytes()));
  CHECK(bytes_of(other.bytes()) == setting.content);
}

TEST_CASE("a sample finds what is in it") {
  for (const std::uint64_t place : {4 * MiB + 5, kSize - 1}) {
    CAPTURE(place);
    Setting setting;
    setting.options.verify = VerifyMode::sample;
    setting.fault->add({.op = Op::write, .effect = FaultDevice::Corrupt{place}, .count = 1});
    const DestinationResult one = setting.run().destinations[0];
    CHECK(one.rewritten == std::vector<Range>{block_at(place)});
    CHECK(setting.same());
  }
}
