// SPDX-License-Identifier: Apache-2.0
// It must say of every stream what needed_length() says of the same bytes on a disk.
#include "copy/stream/stream_judge.h"

#include <random>

#include "copy/copy_checks.h"
#include "core/units.h"
#include "filesystem/ext_image.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::copy;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::test;

namespace {

std::vector<std::string> ends(const NeededLength& length) {
  std::vector<std::string> texts = length.doubts;
  for (const StatedEnd& one : length.missing) texts.push_back(one.what + std::to_string(one.end));
  texts.push_back(length.known ? "known" : "not known");
  return texts;
}

NeededLength streamed(std::span<const std::byte> bytes, std::uint64_t most, std::mt19937_64& random) {
  StreamJudge judge("standard input");
  while (!bytes.empty()) {
    const auto part = std::min<std::uint64_t>(bytes.size(), 1 + random() % most);
    judge.take(bytes.first(part));
    bytes = bytes.subspan(part);
  }
  return judge.judge();
}

void check_all_cuts(const Content& disk, unsigned seed) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t length = i == 0 ? disk.size() : 1 + random() % disk.size();
    const auto device = disk_of(Content(
        disk.begin(), disk.begin() + static_cast<std::ptrdiff_t>(round_up(length, 512) - 512 * (i % 2))));
    if (device->size() == 0) continue;
    CAPTURE(device->size());
    const auto expected = ends(needed_length(*device, read_partition_table(*device)));
    CHECK(ends(streamed(device->bytes(), i % 3 == 0 ? MiB : 100'000, random)) == expected);
  }
}

Content content_of(MemoryDevice& device) {
  return {device.bytes().begin(), device.bytes().end()};
}

void put_ext(Content& disk, std::uint64_t offset) {
  const ExtImage ext;
  std::ranges::copy(ext.bytes(), disk.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

TEST_CASE("stream judge: a GPT, its partitions and what is in them") {
  auto disk = content_of(*golden_disk());
  put_ext(disk, 2 * MiB);
  check_all_cuts(disk, 1);
  disk[512 + 30] ^= std::byte{1};  // the backup counts, where it has come
  check_all_cuts(disk, 2);
}

TEST_CASE("stream judge: many logical partitions, as close as can be") {
  constexpr std::uint32_t kEach = 1024 + 2;
  MemoryDevice disk("disk", 16 * MiB);
  write_at(disk.bytes(), 510, le16(kMbrMagic));
  put_entry(disk, 0, 0, mbr_entry(0x05, 63, 20 * kEach));
  for (std::uint32_t i = 0; i < 20; ++i) {
    const std::uint64_t at = (63 + std::uint64_t{i} * kEach) * 512;
    write_at(disk.bytes(), at + 510, le16(kMbrMagic));
    put_entry(disk, at, 0, mbr_entry(0x83, 1, 1024));
    if (i < 19) put_entry(disk, at, 1, mbr_entry(0x05, (i + 1) * kEach, kEach));
  }
  auto bytes = content_of(disk);
  for (std::uint64_t i = 0; i < 20; i += 3) put_ext(bytes, (64 + i * kEach) * 512);
  check_all_cuts(bytes, 3);
}

TEST_CASE("stream judge: file systems without a table, and nothing at all") {
  Content ext(3 * MiB, std::byte{0x5A});
  put_ext(ext, 0);
  check_all_cuts(ext, 4);
  check_all_cuts(Content(3 * MiB, std::byte{0x5A}), 5);
}

TEST_CASE("stream judge: a superblock at the end of what came belongs to it") {
  // The first half of a stripe: the file system is twice as large, and that is no cut.
  Content member(8 * MiB);
  const ExtImage ext;
  std::ranges::copy(ext.bytes(), member.begin());
  write_at(std::span(member), 1024 + 4, le32(16 * 1024));
  std::mt19937_64 random(6);
  CHECK(streamed(member, MiB, random).cut_off());
  write_at(std::span(member), member.size() - 64 * KiB, le32(0xa92b4efc));
  CHECK_FALSE(streamed(member, MiB, random).cut_off());
}

TEST_CASE("stream judge: tables of any number of partitions take bounded memory") {
  auto disk = golden_disk();
  GptCopy copy = parse_copy(*disk, 1);
  for (std::uint32_t i = 0; i < 128; ++i) {
    GptEntry one = gpt_entry(copy, 0);
    one.id.bytes[0] = static_cast<std::uint8_t>(i);
    one.first_lba = 2048 + std::uint64_t{i} * 4096;
    one.last_lba = one.first_lba + 4095;
    write_at(copy.entries, i * sizeof(GptEntry), one);
  }
  put_copy(*disk, copy, 512);
  std::mt19937_64 random(7);
  CHECK(streamed(disk->bytes(), MiB, random).missing.size() == 125);
}
