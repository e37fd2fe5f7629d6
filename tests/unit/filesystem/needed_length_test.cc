// SPDX-License-Identifier: Apache-2.0
#include "filesystem/needed_length.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/units.h"
#include "filesystem/ext_image.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::test;

namespace {

NeededLength look(MemoryDevice& disk) {
  return needed_length(disk, read_partition_table(disk));
}

/// The first `length` bytes of `disk`.
std::unique_ptr<MemoryDevice> cut(MemoryDevice& disk, std::uint64_t length) {
  auto result = std::make_unique<MemoryDevice>("cut", length);
  std::copy_n(disk.bytes().begin(), length, result->bytes().begin());
  return result;
}

void put(MemoryDevice& disk, std::uint64_t offset, const Image& image) {
  std::ranges::copy(image.bytes(), disk.bytes().begin() + static_cast<std::ptrdiff_t>(offset));
}

/// 8 MiB: a primary partition up to 2 MiB, and logical ones from 3 to 4 and from 5 to 6 MiB in a container
/// that goes on to 8 MiB.
std::unique_ptr<MemoryDevice> logical_disk() {
  auto owner = std::make_unique<MemoryDevice>("disk", 8 * MiB);
  MemoryDevice& disk = *owner;
  const auto boot_record = [&](std::uint64_t lba) {
    write_at(disk.bytes(), lba * 512 + 510, le16(kMbrMagic));
  };
  constexpr std::uint32_t kMib = 2048;
  boot_record(0);
  put_entry(disk, 0, 0, mbr_entry(0x83, kMib, kMib));
  put_entry(disk, 0, 1, mbr_entry(0x0F, 2 * kMib, 6 * kMib));
  boot_record(2 * kMib);
  put_entry(disk, 2 * MiB, 0, mbr_entry(0x83, kMib, kMib));
  put_entry(disk, 2 * MiB, 1, mbr_entry(0x05, 2 * kMib, 2 * kMib));
  boot_record(4 * kMib);
  put_entry(disk, 4 * MiB, 0, mbr_entry(0x83, kMib, kMib));
  return owner;
}

}  // namespace

TEST_CASE("needed length: a GPT needs its partitions, not its backup") {
  const auto disk = golden_disk();
  CHECK(look(*disk).known);
  CHECK_FALSE(look(*disk).cut_off());
  constexpr std::uint64_t kEnd = 16351 * 512;  // of partition 4
  for (std::uint64_t length = 1024; length < kGoldenSize; length += 512 * 101) {
    auto part = cut(*disk, length);
    CAPTURE(length);
    CHECK(look(*part).cut_off() == (length < kEnd));
  }
  for (const std::uint64_t length : {kEnd - 512, kEnd}) {
    auto part = cut(*disk, length);
    CHECK(look(*part).cut_off() == (length < kEnd));
  }
  auto within = cut(*disk, 3 * MiB);
  CHECK(describe_cut(look(*within)) ==
        "ends at byte 3145728, but partition 2 goes on to byte 4194304 and partition 4 goes on to byte "
        "8371712: it was cut off");
}

TEST_CASE("needed length: a GPT that was cut off within itself, or has lost both copies") {
  const auto disk = golden_disk();
  for (const std::uint64_t length : {512U, 1024U, 1536U, 9216U, 16896U}) {
    auto part = cut(*disk, length);
    CAPTURE(length);
    CHECK(look(*part).cut_off());
  }
  // A damaged one that is cut off so that its backup is gone.
  disk->bytes()[512 + 30] ^= std::byte{1};
  CHECK_FALSE(look(*disk).cut_off());
  auto part = cut(*disk, kGoldenSize - MiB);
  CHECK(look(*part).missing.at(0).what == "the disk by its protective MBR");
  // Windows says so of any disk.
  put_entry(*part, 0, 0, mbr_entry(0xEE, 1, std::numeric_limits<std::uint32_t>::max()));
  CHECK_FALSE(look(*part).cut_off());
}

TEST_CASE("needed length: blocks of 4096 bytes in a file") {
  const auto disk = gpt_disk(8 * MiB, 4096, 512);
  CHECK_FALSE(look(*disk).cut_off());
  auto enough = cut(*disk, 2 * MiB), less = cut(*disk, 2 * MiB - 512);
  CHECK_FALSE(look(*enough).cut_off());
  CHECK(look(*less).missing.at(0).end == 2 * MiB);
}

TEST_CASE("needed length: logical partitions and their chain, not the container") {
  const auto owner = logical_disk();
  MemoryDevice& disk = *owner;
  CHECK_FALSE(look(disk).cut_off());
  auto behind_last = cut(disk, 6 * MiB), within_last = cut(disk, 6 * MiB - 512);
  CHECK_FALSE(look(*behind_last).cut_off());
  CHECK(look(*within_last).missing.at(0).what == "partition 6");
  // Where the record of the last one is gone, nothing else tells of it.
  for (const std::uint64_t length : {4 * MiB, 4 * MiB - 512}) {
    auto part = cut(disk, length);
    REQUIRE(look(*part).cut_off());
    CHECK(look(*part).missing.back().what == "the chain of logical partitions");
    CHECK(look(*part).missing.back().end == 4 * MiB + 512);
  }
  auto no_chain = cut(disk, 2 * MiB);
  CHECK(look(*no_chain).missing.at(0).end == 2 * MiB + 512);
  for (std::uint64_t length = 512; length < 6 * MiB; length += 512 * 97) {
    auto part = cut(disk, length);
    CAPTURE(length);
    CHECK(look(*part).cut_off());
  }
  // A chain that is broken within the disk was not cut off.
  disk.bytes()[4 * MiB + 510] = std::byte{0};
  CHECK_FALSE(look(disk).cut_off());
}

TEST_CASE("needed length: what only the hybrid MBR lists counts, its protective entries do not") {
  const auto disk = golden_disk();
  put_entry(*disk, 0, 1, mbr_entry(0x0C, 2048, 2048));
  put_entry(*disk, 0, 2, mbr_entry(0xEE, 8192, 1U << 30));
  CHECK_FALSE(look(*disk).cut_off());
  put_entry(*disk, 0, 1, mbr_entry(0x0C, 2048, 1U << 20));
  REQUIRE(look(*disk).missing.size() == 1);
  CHECK(look(*disk).missing[0].what == "partition 2 of the hybrid MBR");
}

TEST_CASE("needed length: a file system without a table") {
  MemoryDevice disk("disk", 512 * KiB);
  put(disk, 0, ExtImage());
  CHECK_FALSE(look(disk).cut_off());
  auto exact = cut(disk, 457 * KiB), less = cut(disk, 457 * KiB - 512);
  CHECK_FALSE(look(*exact).cut_off());
  CHECK(describe_cut(look(*less)) ==
        "ends at byte 467456, but the ext2 on it goes on to byte 467968: it was cut off");
  auto stump = cut(disk, 1536);
  CHECK_FALSE(look(*stump).known);
  CHECK_FALSE(look(*stump).cut_off());
}

TEST_CASE("needed length: a file system larger than its partition is a doubt, unless it leaves the disk") {
  MemoryDevice disk("disk", 4 * MiB);
  write_at(disk.bytes(), 510, le16(kMbrMagic));
  put_entry(disk, 0, 0, mbr_entry(0x83, 2048, 800));
  put(disk, MiB, ExtImage());
  CHECK_FALSE(look(disk).cut_off());
  REQUIRE(look(disk).doubts.size() == 1);
  CHECK(look(disk).doubts[0] ==
        "the ext2 in partition 1 is of 457.0 KiB, larger than the 400.0 KiB of its partition");
  auto part = cut(disk, MiB + 410 * KiB);
  REQUIRE(look(*part).cut_off());
  CHECK(look(*part).missing[0].what == "the ext2 in partition 1");
  // The volumes of a dynamic disk go on elsewhere.
  put_entry(*part, 0, 0, mbr_entry(0x42, 2048, 800));
  CHECK_FALSE(look(*part).cut_off());
}

TEST_CASE("needed length: an image for optical discs with a table") {
  MemoryDevice disk("disk", MiB);
  write_at(disk.bytes(), 510, le16(kMbrMagic));
  put_entry(disk, 0, 1, mbr_entry(0xEF, 200, 8));
  disk.bytes()[0x8000] = std::byte{1};
  put_text(disk, 0x8001, "CD001");
  write_at(disk.bytes(), 0x8000 + 80, le32(1000));
  write_at(disk.bytes(), 0x8000 + 128, le16(2048));
  CHECK_FALSE(look(disk).cut_off());  // left from an earlier use
  put_entry(disk, 0, 0, mbr_entry(0, 0, 4000));
  REQUIRE(look(disk).cut_off());
  CHECK(look(disk).missing[0].what == "the ISO 9660 on it");
}

TEST_CASE("needed length: the list in the message is short") {
  NeededLength many;
  for (const char* what : {"a", "b", "c", "d", "e"}) many.missing.push_back({what, 7});
  CHECK(describe_cut(many) ==
        "ends at byte 0, but a goes on to byte 7, b goes on to byte 7, c goes on to byte 7 and 2 more behind "
        "it: it was cut off");
}
