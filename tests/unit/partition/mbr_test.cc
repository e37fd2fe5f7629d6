// SPDX-License-Identifier: Apache-2.0
#include "partition/mbr.h"

#include <doctest/doctest.h>

#include <vector>

#include "partition/golden_gpt.h"

using namespace san;
using namespace san::partition;

TEST_CASE("the protective MBR is what sgdisk writes") {
  const auto disk = test::golden_disk();
  const auto mbr = parse_mbr(disk->bytes().first(512));
  REQUIRE(mbr);
  CHECK(has_protective_entry(*mbr));
  CHECK(mbr->entries[0].end_lba() == 16384);
  const MbrSector made = protective_mbr(MbrSector{}, 16384);
  CHECK(std::memcmp(&made, disk->bytes().data(), sizeof(made)) == 0);
}

TEST_CASE("a protective MBR of a disk beyond 2 TiB says 0xFFFFFFFF and keeps the boot code") {
  MbrSector base;
  base.code[7] = 42;
  base.signature = 0x12345678;
  base.entries[3].type = 7;
  const MbrSector mbr = protective_mbr(base, std::uint64_t{1} << 33);
  CHECK(mbr.entries[0].sectors == 0xFFFFFFFF);
  CHECK(mbr.entries[0].last_chs == ChsBytes{0xFF, 0xFF, 0xFF});
  CHECK(mbr.entries[3].type == 0);
  CHECK(mbr.code[7] == 42);
  CHECK(mbr.signature == 0x12345678);
  CHECK(protective_mbr(base, std::uint64_t{1} << 32).entries[0].sectors == 0xFFFFFFFF);
  CHECK(protective_mbr(base, (std::uint64_t{1} << 32) - 1).entries[0].sectors == 0xFFFFFFFE);
}

TEST_CASE("without the magic, or with an unknown status, it is not a partition table") {
  std::vector<std::byte> sector(512);
  CHECK_FALSE(parse_mbr(sector));
  sector[510] = std::byte{0x55};
  sector[511] = std::byte{0xAA};
  CHECK(parse_mbr(sector));
  CHECK_FALSE(parse_mbr(std::span(sector).first(511)));
  for (std::size_t entry = 0; entry < 4; ++entry) {
    auto copy = sector;
    copy[446 + 16 * entry] = std::byte{0x80};
    CHECK(parse_mbr(copy));
    copy[446 + 16 * entry] = std::byte{0x6f};
    CHECK_FALSE(parse_mbr(copy));
    CHECK(parse_ebr(copy));
  }
  CHECK_FALSE(parse_ebr(std::vector<std::byte>(512)));
}

TEST_CASE("CHS addresses") {
  constexpr ChsBytes large = {0xFE, 0xFF, 0xFF};
  CHECK(chs_of(0, large) == ChsBytes{0, 1, 0});
  CHECK(chs_of(62, large) == ChsBytes{0, 63, 0});
  CHECK(chs_of(63, large) == ChsBytes{1, 1, 0});
  CHECK(chs_of(2048, large) == ChsBytes{0x20, 0x21, 0x00});  // fdisk's and Windows' first partition
  CHECK(chs_of(1024ULL * 255 * 63 - 1, large) == ChsBytes{0xFE, 0xFF, 0xFF});
  CHECK(chs_of(1024ULL * 255 * 63, {1, 2, 3}) == ChsBytes{1, 2, 3});
}
