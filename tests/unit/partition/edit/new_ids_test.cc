// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <set>

#include "core/units.h"
#include "partition/edit/table_edit.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

/// Counts up, so that every GUID is another one and known.
RandomBytes counter() {
  return [next = std::uint8_t{1}](std::span<std::byte> into) mutable {
    for (std::byte& byte : into) byte = std::byte{next};
    ++next;
  };
}

bool notes_contain(const TableEdit& edit, std::string_view text) {
  return std::any_of(edit.notes.begin(), edit.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("a GPT gets new GUIDs in both copies, and nothing else changes") {
  auto disk = test::golden_disk();
  const PartitionTable before = read_partition_table(*disk);
  const TableEdit edit = new_ids(before, counter());
  apply_table(*disk, edit.table);
  const PartitionTable after = read_partition_table(*disk);
  CHECK(after.problems.empty());
  CHECK(after.disk_id == "01010101-0101-0101-0101-010101010101");
  CHECK(after.partitions.at(0).uuid == "02020202-0202-0202-0202-020202020202");
  CHECK(after.partitions.at(2).uuid == "04040404-0404-0404-0404-040404040404");
  CHECK(after.partitions.at(2).name == before.partitions.at(2).name);
  CHECK(after.partitions.at(2).attributes == before.partitions.at(2).attributes);
  CHECK(after.raw.mbr->signature == 0);
  CHECK(notes_contain(edit, "PARTUUID"));
  CHECK(notes_contain(edit, "BOOTX64.EFI"));
  CHECK_FALSE(notes_contain(edit, "Windows"));
}

TEST_CASE("an MBR gets a new signature, which is not zero") {
  auto disk = test::mbr_disk();
  test::put_entry(*disk, 0, 0,
                  {.status = 0x80, .type = 0x07, .first_lba = le32(2048), .sectors = le32(2048)});
  int calls = 0;
  const TableEdit edit = new_ids(read_partition_table(*disk), [&](std::span<std::byte> into) {
    std::fill(into.begin(), into.end(), calls++ == 0 ? std::byte{0} : std::byte{0xAB});
  });
  apply_table(*disk, edit.table);
  const PartitionTable after = read_partition_table(*disk);
  CHECK(after.disk_id == "0xabababab");
  CHECK(after.partitions.at(3).uuid == "abababab-06");
  CHECK(notes_contain(edit, "bcdboot"));
  CHECK_FALSE(notes_contain(edit, "BOOTX64.EFI"));
  CHECK_THROWS_AS(
      new_ids(after, [](std::span<std::byte> into) { std::fill(into.begin(), into.end(), std::byte{0}); }),
      Error);
}

TEST_CASE("an unsound table, or none, gets no new identifiers") {
  MemoryDevice blank("blank", MiB);
  CHECK_THROWS_AS(new_ids(read_partition_table(blank)), Error);
  auto disk = test::golden_disk();
  disk->bytes()[test::kGoldenSize - 512] = std::byte{0};
  CHECK_THROWS_WITH_AS(new_ids(read_partition_table(*disk)),
                       "disk: its backup GPT is missing; fit the table to the device or repair it first",
                       Error);
}

TEST_CASE("the system's random numbers differ") {
  std::set<Guid> seen;
  for (int i = 0; i < 100; ++i) {
    Guid guid;
    system_random(std::as_writable_bytes(std::span(guid.bytes)));
    CHECK((guid.bytes[7] & 0xF0) == 0x40);
    CHECK((guid.bytes[8] & 0xC0) == 0x80);
    seen.insert(guid);
  }
  CHECK(seen.size() == 100);
}
