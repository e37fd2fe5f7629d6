// SPDX-License-Identifier: Apache-2.0
#include "partition/loose_volume.h"

#include <doctest/doctest.h>

#include "partition/edit/table_edit.h"
#include "partition/iso_image.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

TEST_CASE("an ISO 9660 volume is known by its primary descriptor") {
  MemoryDevice disk("d", MiB);
  test::put_iso(disk, 300, "A LABEL");
  const auto descriptor = disk.bytes().subspan(kIsoDescriptorOffset, kIsoDescriptorSize);
  const auto found = iso_volume(descriptor);
  REQUIRE(found);
  CHECK(found->type == "iso9660");
  CHECK(found->label == "A LABEL");
  CHECK(found->end == 300 * 2048);
  CHECK_FALSE(iso_volume(descriptor.first(131)));
  descriptor[0] = std::byte{2};  // a supplementary descriptor
  CHECK_FALSE(iso_volume(descriptor));
  CHECK_FALSE(iso_volume({}));
}

TEST_CASE("a descriptor that contradicts itself may reach anywhere") {
  const auto end_with = [](std::size_t at, int value) {
    MemoryDevice disk("d", MiB);
    test::put_iso(disk, 300, "");
    disk.bytes()[kIsoDescriptorOffset + at] = static_cast<std::byte>(value);
    return iso_volume(disk.bytes().subspan(kIsoDescriptorOffset))->end;
  };
  CHECK(end_with(80, 300 & 0xFF) == 300 * 2048);
  CHECK(end_with(80, 1) == ~std::uint64_t{0});
  CHECK(end_with(129, 9) == ~std::uint64_t{0});
}

TEST_CASE("it lies beside a table, is told, and counts for the size that a disk needs") {
  const auto disk = test::isohybrid();
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::mbr);
  REQUIRE(table.partitions.size() == 1);  // the entry of type 0 is none
  CHECK(table.loose_end() == 6 * MiB);
  CHECK(test::has_problem(table, "iso9660 (6.0 MiB) is on the device beside the partition table"));
  CHECK_FALSE(table.has_errors());
  CHECK(table.end == 2 * MiB);
  CHECK(needed_size(table) == 6 * MiB);
  MemoryDevice bare("bare", 8 * MiB);
  test::put_iso(bare, 3072, "");
  CHECK_FALSE(read_partition_table(bare).raw.loose);  // it is all there is
}

TEST_CASE("no partition grows over it") {
  const auto disk = test::isohybrid();
  try {
    grow_last(read_partition_table(*disk));
    FAIL("it has grown");
  } catch (const Error& error) {
    CHECK(error.code() == Exit::refused);
    CHECK(error.cause() ==
          "partition 2 ends at 2.0 MiB, and would grow over iso9660, which lies on the disk up to 6.0 MiB "
          "and is "
          "in no partition");
  }
}

TEST_CASE("what ends behind it grows, and so does what has an entry of type 0 beside it") {
  auto disk = test::isohybrid();
  test::put_iso(*disk, 2 * MiB / 2048, "left over");
  CHECK(grow_last(read_partition_table(*disk)).table.partitions.at(0).end() == 8 * MiB);
  disk = test::isohybrid();
  disk->bytes()[kIsoDescriptorOffset] = std::byte{0};
  CHECK(grow_last(read_partition_table(*disk)).table.partitions.at(0).end() == 8 * MiB);
}
