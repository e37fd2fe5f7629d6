// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_device.h"

#include <doctest/doctest.h>

#include <random>

#include "core/units.h"
#include "devices/fault_device.h"
#include "partition/edit/table_plan.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;
using Op = FaultDevice::Op;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

std::vector<std::byte> bytes_of(MemoryDevice& disk, std::uint64_t offset, std::uint64_t length) {
  const auto part = disk.bytes().subspan(offset, length);
  return {part.begin(), part.end()};
}

std::vector<std::byte> read(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  std::vector<std::byte> bytes(length, std::byte{0xEE});
  read_wait(device, offset, bytes);
  return bytes;
}

/// A disk, a destination full of 0xAA, and what shows one as the other.
struct Bench {
  explicit Bench(std::unique_ptr<MemoryDevice> disk, std::uint64_t size, const TableEdits& edits = {},
                 bool verify = false, std::uint32_t block = 512)
      : source(std::move(disk)),
        before(read_partition_table(*source)),
        after(*plan_table(before, size, block, edits).table),
        memory(std::make_shared<MemoryDevice>("lun", size, std::byte{0xAA}, block)),
        below(memory) {
    Limits limits = memory->limits();
    limits.unmap_granularity = 4096;
    limits.max_unmap = limits.max_zero = limits.max_transfer = MiB;
    memory->set_limits(limits);
    device = std::make_unique<TableDevice>(below, table_patches(*source, before, after, block), MiB, verify);
    view = std::make_unique<TableView>(below, table_patches(*source, before, after, block));
  }

  /// In the order of a copy: all but the first MiB, a flush, the first MiB, a flush.
  void copy() {
    for (std::uint64_t at = MiB; at < source->size(); at += MiB) put(at);
    flush_wait(*device);
    CHECK(read(below, 0, 8 * KiB) == std::vector<std::byte>(8 * KiB, std::byte{0xAA}));
    put(0);
    flush_wait(*device);
  }

  void put(std::uint64_t at) {
    const auto bytes = bytes_of(*source, at, std::min(MiB, source->size() - at));
    write_wait(*device, at, bytes);
  }

  bool shows_source() {
    const auto shown = read(*device, 0, source->size());
    CHECK(read(*view, 0, source->size()) == shown);
    return shown == bytes_of(*source, 0, source->size());
  }
  PartitionTable found() { return read_partition_table(*memory); }

  std::unique_ptr<MemoryDevice> source;
  PartitionTable before, after;
  std::shared_ptr<MemoryDevice> memory;
  FaultDevice below;
  std::unique_ptr<TableDevice> device;
  std::unique_ptr<TableView> view;
};

}  // namespace

TEST_CASE("what is copied as the source becomes a disk with the edited table, and looks like the source") {
  for (const std::uint64_t size : {2 * kSize, kSize + 4096, kSize + 512}) {
    Bench bench(test::golden_disk(), size, {.grow_last = true, .new_ids = true}, true);
    bench.copy();
    CHECK(bench.shows_source());
    CHECK(bench.view->wrong_beyond().empty());
    CHECK_FALSE(bench.view->holds_source());
    const PartitionTable found = bench.found();
    CHECK(found.problems.empty());
    CHECK(found.disk_id == bench.after.disk_id);
    CHECK(found.partitions == bench.after.partitions);
    // The old backup is gone, where the new one did not take its place.
    const auto header = bytes_of(*bench.memory, kSize - 512, 8);
    CHECK(header[0] != std::byte{'E'});
  }
}

TEST_CASE("outside of the table nothing changes") {
  auto disk = test::golden_disk();
  for (std::size_t i = 17408; i < kSize - 33 * 512; ++i) disk->bytes()[i] = static_cast<std::byte>(i * 7 / 3);
  Bench bench(std::move(disk), 2 * kSize, {.grow_last = true});
  bench.copy();
  CHECK(bench.shows_source());
  CHECK(bytes_of(*bench.memory, 17408, kSize - 33 * 512 - 17408) ==
        bytes_of(*bench.source, 17408, kSize - 33 * 512 - 17408));
  const auto behind = bytes_of(*bench.memory, kSize, kSize - 33 * 512);
  CHECK(std::all_of(behind.begin(), behind.end(), [](std::byte b) { return b == std::byte{0xAA}; }));
}

TEST_CASE("a table for other blocks, and one with logical partitions") {
  Bench larger(test::gpt_disk(kSize, 512, 512), 2 * kSize, {.convert = true}, true, 4096);
  larger.copy();
  CHECK(larger.shows_source());
  CHECK(larger.found().problems.empty());
  CHECK(larger.found().sector_size == 4096);
  Bench logical(test::mbr_disk(), 2 * kSize, {.grow_last = true, .new_ids = true}, true);
  logical.copy();
  CHECK(logical.shows_source());
  CHECK(logical.found().problems.empty());
  CHECK(logical.found().partitions == logical.after.partitions);
}

TEST_CASE("the source's own table is not taken for the edited one") {
  Bench bench(test::golden_disk(), 2 * kSize);
  const auto disk = bytes_of(*bench.source, 0, kSize);
  std::copy(disk.begin(), disk.end(), bench.memory->bytes().begin());
  CHECK(bench.view->holds_source());
  CHECK_FALSE(bench.shows_source());
  CHECK(bench.view->wrong_beyond() == RangeSet{{2 * kSize - 33 * 512, 33 * 512}});
  // What is neither is given as it is.
  bench.memory->bytes()[513] = std::byte{'X'};
  CHECK(read(*bench.device, 512, 512) == bytes_of(*bench.memory, 512, 512));
}

TEST_CASE("parts of a patch are read and written as whole blocks") {
  Bench bench(test::golden_disk(), 2 * kSize);
  bench.copy();
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{512}, std::uint64_t{1024}, kSize - 512})
    CHECK(read(*bench.device, at, 512) == bytes_of(*bench.source, at, 512));
  const auto header = bytes_of(*bench.source, 512, 512);
  write_wait(*bench.device, 512, header);
  CHECK(bench.found().problems.empty());
}

TEST_CASE("zeros of the source are split around what is wanted there") {
  // The new backup begins in front of the source's end, where the source has zeros.
  for (const bool unmap : {false, true}) {
    Bench bench(test::golden_disk(), kSize + 4096, {}, true);
    bench.copy();
    const std::uint64_t from = kSize - 32 * KiB;
    const auto wanted = bytes_of(*bench.memory, from, 36 * KiB);
    std::fill(bench.memory->bytes().begin() + static_cast<std::ptrdiff_t>(from), bench.memory->bytes().end(),
              std::byte{0xAA});
    if (unmap)
      unmap_wait(*bench.device, from, 32 * KiB);
    else
      zero_wait(*bench.device, from, 32 * KiB);
    CHECK(bytes_of(*bench.memory, kSize - 12 * KiB, 8 * KiB) ==
          std::vector<std::byte>(wanted.begin() + 20 * 1024, wanted.begin() + 28 * 1024));
    CHECK(bytes_of(*bench.memory, from, 16 * KiB) == std::vector<std::byte>(16 * KiB));
    const auto requests = bench.below.requests();
    if (unmap)
      CHECK(std::any_of(requests.begin(), requests.end(), [&](const auto& request) {
        return request.op == Op::unmap && request.offset == from && request.length % 4096 == 0;
      }));
  }
}

TEST_CASE("random zeros, unmaps and writes never leave anything but the wanted table") {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    Bench bench(test::golden_disk(), kSize + 4096 * (1 + random() % 8), {.new_ids = true});
    const auto source = bytes_of(*bench.source, 0, kSize);
    // Zero where the source is zero, in pieces of any length, and write the rest.
    for (std::uint64_t at = 0; at < kSize;) {
      const std::uint64_t length = std::min<std::uint64_t>(4096 * (1 + random() % 64), kSize - at);
      const auto part = std::span(source).subspan(at, length);
      if (std::any_of(part.begin(), part.end(), [](std::byte b) { return b != std::byte{0}; }))
        write_wait(*bench.device, at, part);
      else if (random() % 2 == 0)
        zero_wait(*bench.device, at, length);
      else
        unmap_wait(*bench.device, at, length);
      at += length;
    }
    flush_wait(*bench.device);
    CHECK(bench.shows_source());
    CHECK(bench.found().problems.empty());
    CHECK(bench.found().disk_id == bench.after.disk_id);
  }
}

TEST_CASE("patches are data whatever the device calls them") {
  Bench bench(test::golden_disk(), 2 * kSize);
  bench.memory->set_extents({{0, 2 * kSize, Extent::Kind::zero}});
  const auto extents = bench.device->extents(0, kSize);
  std::uint64_t at = 0;
  for (const Extent& extent : extents) {
    CHECK(extent.offset == at);
    at = extent.end();
  }
  CHECK(at == kSize);
  const auto kind_at = [&](std::uint64_t offset) {
    for (const Extent& extent : extents)
      if (offset >= extent.offset && offset < extent.end()) return extent.kind;
    return Extent::Kind::unknown;
  };
  CHECK(kind_at(0) == Extent::Kind::data);
  CHECK(kind_at(512) == Extent::Kind::data);
  CHECK(kind_at(1024) == Extent::Kind::zero);  // the entries stay as they are
  CHECK(kind_at(kSize - 512) == Extent::Kind::data);
  CHECK(bench.device->extents(MiB, MiB) == std::vector<Extent>{{MiB, MiB, Extent::Kind::zero}});
}

TEST_CASE("what lies beyond the source is written by a flush, once, and before the flush below") {
  Bench bench(test::golden_disk(), 2 * kSize, {}, true);
  flush_wait(*bench.device);
  const auto requests = bench.below.requests();
  REQUIRE(requests.size() >= 4);
  CHECK(requests.back().op == Op::flush);
  CHECK(bench.view->wrong_beyond().empty());
  const auto writes = bench.below.count(Op::write);
  flush_wait(*bench.device);
  CHECK(bench.below.count(Op::write) == writes);
  // Another run finds it there.
  TableDevice again(bench.below, table_patches(*bench.source, bench.before, bench.after, 512), MiB, true);
  flush_wait(again);
  CHECK(bench.below.count(Op::write) == writes);
}

TEST_CASE("zeros that nobody writes: the table is there all the same, in the head last") {
  Bench bench(test::gpt_disk(kSize, 512, 512), 2 * kSize, {.convert = true}, true, 4096);
  std::fill(bench.memory->bytes().begin(), bench.memory->bytes().end(), std::byte{0});
  // As --zero=skip does: only blocks with data are written.
  const auto write = [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t at = from; at < to; at += 4096) {
      const auto bytes = bytes_of(*bench.source, at, 4096);
      if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{0}; }))
        write_wait(*bench.device, at, bytes);
    }
  };
  write(MiB, kSize);
  flush_wait(*bench.device);
  CHECK(bytes_of(*bench.memory, 0, MiB) == std::vector<std::byte>(MiB));
  write(0, MiB);
  flush_wait(*bench.device);
  CHECK(bench.found().problems.empty());
  CHECK(bench.shows_source());
}

TEST_CASE("a flush reports what cannot be written, and tries again") {
  Bench bench(test::golden_disk(), 2 * kSize, {}, true);
  bench.below.add({.op = Op::write,
                   .effect = FaultDevice::Fail{Error(Exit::failed, "lun", "no space")},
                   .offset = kSize,
                   .count = 1});
  CHECK_THROWS_WITH_AS(flush_wait(*bench.device), "lun: no space", Error);
  CHECK(bench.below.count(Op::flush) == 0);
  flush_wait(*bench.device);
  CHECK(bench.view->wrong_beyond().empty());
}

TEST_CASE("a backup that is not there after it was written is found with verification") {
  for (const bool verify : {true, false}) {
    Bench bench(test::golden_disk(), 2 * kSize, {}, verify);
    bench.below.add({.op = Op::write, .effect = FaultDevice::Ignore{}, .offset = kSize});
    bool found = false;
    try {
      flush_wait(*bench.device);
    } catch (const Error& error) {
      found = error.code() == Exit::no;
    }
    CHECK(found == verify);
    CHECK_FALSE(bench.view->wrong_beyond().empty());
  }
}

TEST_CASE("errors of pieces reach the request once") {
  Bench bench(test::golden_disk(), kSize + 4096);
  bench.below.add({.op = Op::write, .effect = FaultDevice::Fail{Error(Exit::failed, "lun", "broken")}});
  CHECK_THROWS_WITH_AS(zero_wait(*bench.device, kSize - 32 * KiB, 32 * KiB), "lun: broken", Error);
  bench.below.clear();
  bench.below.add({.op = Op::read, .effect = FaultDevice::ShortRead{}});
  CHECK_THROWS_AS(read(*bench.device, 0, 4096), Error);
}

TEST_CASE("the bare device is the one below") {
  Bench bench(test::golden_disk(), 2 * kSize);
  CHECK(&bench.device->underlying() == &bench.below);
  CHECK(&bench.below.underlying() == &bench.below);
  CHECK(bench.device->size() == 2 * kSize);
}

TEST_CASE("places of a table: both copies of a GPT, each boot record of an MBR") {
  CHECK(table_ranges(read_partition_table(*test::golden_disk())) ==
        RangeSet{{0, 17408}, {kSize - 33 * 512, 33 * 512}});
  CHECK(table_ranges(read_partition_table(*test::mbr_disk())) ==
        RangeSet{{0, 512}, {4096 * 512, 512}, {8192 * 512, 512}});
  MemoryDevice blank("blank", kSize);
  CHECK(table_ranges(read_partition_table(blank)).empty());
}

TEST_CASE("entries of an old backup that lie in a partition are left alone") {
  const auto disk = test::golden_disk();
  GptCopy backup = test::parse_copy(*disk, kSize / 512 - 1);
  backup.header.entries_lba = 2100;  // in the first partition, which holds a copy of them
  test::put_copy(*disk, backup, 512);
  const PartitionTable table = read_partition_table(*disk);
  const TableEdit fitted = fit_gpt(table, 2 * kSize, 512);
  const auto patches = table_patches(*disk, table, fitted.table, 512);
  CHECK(std::any_of(patches.begin(), patches.end(), [](const auto& p) { return p.offset == kSize - 512; }));
  CHECK(std::none_of(patches.begin(), patches.end(),
                     [](const auto& p) { return p.offset >= MiB && p.offset < 8175 * KiB; }));
}
