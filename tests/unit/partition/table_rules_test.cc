// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

constexpr std::uint64_t kLast = test::kGoldenSize / 512 - 1;

PartitionTable golden_on(std::uint64_t size) {
  const auto disk = test::golden_disk(size);
  return read_partition_table(*disk);
}

}  // namespace

TEST_CASE("on a larger disk the backup is not at the end and the protective MBR is too small") {
  const PartitionTable table = golden_on(test::kGoldenSize + MiB);
  CHECK(table.backup == BackupState::not_at_end);
  CHECK(table.protective == ProtectiveState::wrong_size);
  CHECK_FALSE(table.has_errors());
  CHECK(table.partitions.size() == 3);
}

TEST_CASE("on a smaller disk backup and partitions are lost, and it is said") {
  const PartitionTable table = golden_on(test::kGoldenSize - MiB);
  CHECK(table.backup == BackupState::missing);
  CHECK(test::has_problem(table, "smaller than the disk the table was made for"));
  CHECK(test::has_problem(table, "partition 4 ends at byte 8371712, but the device has only 7340032"));
  CHECK(test::has_problem(table, "usable range of the GPT ends at byte 8371712"));
  CHECK(table.has_errors());
}

TEST_CASE("a damaged or wiped backup") {
  auto disk = test::golden_disk();
  disk->bytes()[kLast * 512 + 20] ^= std::byte{1};
  CHECK(read_partition_table(*disk).backup == BackupState::damaged);
  disk->bytes()[kLast * 512] = std::byte{0};
  CHECK(read_partition_table(*disk).backup == BackupState::missing);
  disk = test::golden_disk();
  disk->bytes()[(kLast - 32) * 512] ^= std::byte{1};
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.backup == BackupState::damaged);
  CHECK(test::has_problem(table, "the checksum of its entries is wrong"));
  CHECK_FALSE(table.has_errors());
}

TEST_CASE("with both copies damaged nothing is left, unless a header still leads to entries") {
  auto disk = test::golden_disk();
  disk->bytes()[530] ^= std::byte{1};
  disk->bytes()[kLast * 512 + 20] ^= std::byte{1};
  PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  CHECK(table.partitions.empty());
  CHECK(table.has_errors());
  disk->bytes()[530] ^= std::byte{1};
  disk->bytes()[1024 + 56] = std::byte{'X'};
  table = read_partition_table(*disk);
  CHECK(table.primary == PrimaryState::damaged);
  REQUIRE(table.partitions.size() == 3);
  CHECK(table.partitions[0].name.front() == 'X');
}

TEST_CASE("a backup that describes something else differs") {
  const auto differs = [](auto&& change) {
    auto disk = test::golden_disk();
    GptCopy copy = test::parse_copy(*disk, kLast);
    change(copy);
    test::put_copy(*disk, copy, 512);
    const PartitionTable table = read_partition_table(*disk);
    return table.backup == BackupState::differs ? table.problems.at(0).text : "";
  };
  CHECK(differs([](GptCopy&) {}) == "");
  CHECK(differs([](GptCopy& c) { c.header.disk_guid.bytes[0] ^= 1; }).ends_with("another disk GUID"));
  CHECK(differs([](GptCopy& c) { c.entries[60] ^= std::byte{1}; }).ends_with("other partitions"));
  CHECK(differs([](GptCopy& c) { c.header.last_usable = 16000; }).ends_with("another usable range"));
  CHECK(differs([](GptCopy& c) { c.header.first_usable = 35; }).ends_with("another usable range"));
  CHECK(differs([](GptCopy& c) { c.header.alternate_lba = 7; }).ends_with("another place of the other copy"));
}

TEST_CASE("a good header at the end that the primary does not know of is mentioned") {
  auto disk = test::golden_disk(2 * test::kGoldenSize);
  const auto other = test::gpt_disk(2 * test::kGoldenSize, 512, 512);
  test::put_copy(*disk, test::parse_copy(*other, 2 * kLast + 1), 512);
  PartitionTable table = read_partition_table(*disk);
  CHECK(table.backup == BackupState::not_at_end);
  CHECK(test::has_problem(table, "another GPT backup"));
  disk->bytes()[kLast * 512] = std::byte{0};
  table = read_partition_table(*disk);
  CHECK(table.backup == BackupState::differs);
}

TEST_CASE("tables that lie where partitions may are an error") {
  auto disk = test::golden_disk();
  GptCopy copy = test::parse_copy(*disk, 1);
  copy.header.entries_lba = 3;
  test::put_copy(*disk, copy, 512);
  CHECK(test::has_problem(read_partition_table(*disk), "entries of the primary GPT lie inside"));
  disk = test::golden_disk();
  copy = test::parse_copy(*disk, kLast);
  copy.header.entries_lba = kLast - 33;
  test::put_copy(*disk, copy, 512);
  CHECK(test::has_problem(read_partition_table(*disk), "the backup GPT lies inside"));
}

TEST_CASE("an unknown revision is mentioned") {
  auto disk = test::golden_disk();
  GptCopy copy = test::parse_copy(*disk, 1);
  copy.header.revision = 0x00020000;
  test::put_copy(*disk, copy, 512);
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.primary == PrimaryState::good);
  CHECK(test::has_problem(table, "unknown revision 0x20000"));
}

TEST_CASE("a GPT behind an MBR of its own does not count") {
  auto disk = test::golden_disk();
  test::put_entry(*disk, 0, 0, {.type = 7, .first_lba = le32(2048), .sectors = le32(2048)});
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::mbr);
  CHECK(table.primary == PrimaryState::not_applicable);
  REQUIRE(table.partitions.size() == 1);
  CHECK(table.partitions[0].uuid.empty());
  CHECK(test::has_problem(table, "is not protective"));
}

TEST_CASE("a GPT behind a blank block or an empty MBR is shown, and that it will be ignored") {
  auto disk = test::golden_disk();
  test::put_entry(*disk, 0, 0, {});
  CHECK(read_partition_table(*disk).protective == ProtectiveState::missing);
  disk->bytes()[510] = std::byte{0};
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  CHECK(table.protective == ProtectiveState::missing);
  CHECK(table.partitions.size() == 3);
}

TEST_CASE("an empty MBR is an MBR") {
  MemoryDevice disk("disk", MiB);
  test::put_hex(disk, 510, "55aa");
  const PartitionTable table = read_partition_table(disk);
  CHECK(table.kind == TableKind::mbr);
  CHECK(table.partitions.empty());
  CHECK(table.problems.empty());
}

TEST_CASE("a hybrid MBR") {
  auto disk = test::golden_disk();
  test::put_entry(*disk, 0, 1, {.type = 0x0c, .first_lba = le32(2048), .sectors = le32(2048)});
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::hybrid);
  CHECK(table.protective == ProtectiveState::hybrid);
  CHECK(table.partitions.size() == 3);
  CHECK(test::has_problem(table, "hybrid MBR"));
}

TEST_CASE("the size in a protective MBR may be the disk's or 0xFFFFFFFF") {
  const auto state = [](std::uint32_t first, std::uint32_t sectors) {
    auto disk = test::golden_disk();
    test::put_entry(*disk, 0, 0, {.type = 0xEE, .first_lba = le32(first), .sectors = le32(sectors)});
    return read_partition_table(*disk).protective;
  };
  CHECK(state(1, kLast) == ProtectiveState::good);
  CHECK(state(1, 0xFFFFFFFF) == ProtectiveState::good);
  CHECK(state(1, kLast - 1) == ProtectiveState::wrong_size);
  CHECK(state(2, kLast) == ProtectiveState::wrong_size);
  CHECK(state(1, 0) == ProtectiveState::wrong_size);
  CHECK(state(0, kLast + 1) == ProtectiveState::wrong_size);
}

TEST_CASE("problems are bounded in number") {
  auto disk = test::golden_disk();
  GptCopy copy = test::parse_copy(*disk, 1);
  for (std::uint32_t i = 0; i < 128; ++i) {
    GptEntry entry = gpt_entry(copy, 0);
    entry.first_lba = ~std::uint64_t{0} - i;
    entry.last_lba = ~std::uint64_t{0};
    write_at(copy.entries, i * 128, entry);
  }
  test::put_copy(*disk, copy, 512);
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.partitions.size() == 128);
  CHECK(table.problems.size() == kMaxProblems);
  CHECK(table.problems.back().text == "there are more problems than are listed");
  CHECK(table.end == ~std::uint64_t{0});
  CHECK(needed_size(table) == ~std::uint64_t{0});
}
