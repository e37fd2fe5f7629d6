// SPDX-License-Identifier: Apache-2.0
// The bytes are those of the tables of SPC-4, 6.4 (EXTENDED COPY(LID1)) and SPC-3, 6.17 (RECEIVE COPY
// RESULTS), written out by hand; those of Linux' target are the values of its target_core_xcopy.h.
#include "iscsi/lun/xcopy.h"

#include <doctest/doctest.h>

#include <cstring>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

bool is(const Cdb& cdb, const char* digits) {
  const auto wanted = unhex(digits);
  return static_cast<std::size_t>(cdb.size) == wanted.size() &&
         std::memcmp(cdb.bytes.data(), wanted.data(), wanted.size()) == 0;
}

const char* const kLinux =
    "0000002a 00000000 0002 0001 00000400 01000000 00000000 00000000 00000000 0000 0001 01 09 00 00 000000 "
    "02 02e4";

Designator designator(std::uint8_t association, std::uint8_t type, std::string text) {
  return {association, type, std::move(text)};
}

}  // namespace

TEST_CASE("commands") {
  CHECK(is(extended_copy(108), "83 00 0000000000000000 0000006c 00 00"));
  CHECK(is(receive_copy_status(7, 64), "84 00 07 00000000000000 00000040 00 00"));
  CHECK(is(receive_copy_parameters(512), "84 03 00 00000000000000 00000200 00 00"));
}

TEST_CASE("the parameter list of EXTENDED COPY") {
  const CopyEnd from{unhex("60014051 22334455 66778899 aabbccdd"), 512};
  const CopyEnd to{unhex("50000000 00fa4e01"), 4096};
  const CopySegment segment{0x0102030405060708, 0x1112131415161718, 0xfffe};
  const auto wanted = unhex(
      "05 10 0040 00000000 0000001c 00000000"
      "e4 00 0000 01 03 00 10 60014051 22334455 66778899 aabbccdd 00000000 00 000200"
      "e4 00 0000 01 03 00 08 50000000 00fa4e01 00000000 00000000 00000000 00 001000"
      "02 00 0018 0000 0001 0000 fffe 0102030405060708 1112131415161718");
  CHECK(copy_parameter_list(5, from, to, {&segment, 1}) == wanted);
  CHECK(wanted.size() == 16 + copy_descriptor_bytes(1));

  const CopySegment two[] = {{1, 2, 3}, {4, 5, 6}};
  const auto list = copy_parameter_list(1, from, to, two);
  CHECK(list.size() == 16 + copy_descriptor_bytes(2));
  CHECK(list[11] == std::byte{56});
  const std::vector<std::byte> last(list.end() - 28, list.end());
  CHECK(last == unhex("02 00 0018 0000 0001 0000 0006 0000000000000004 0000000000000005"));
}

TEST_CASE("OPERATING PARAMETERS") {
  const auto parsed = parse_copy_parameters(unhex(kLinux));
  REQUIRE(parsed);
  CHECK(parsed->max_cscd_descriptors == 2);
  CHECK(parsed->max_segment_descriptors == 1);
  CHECK(parsed->max_descriptor_list == 1024);
  CHECK(parsed->max_segment_length == 16777216);
  CHECK(parsed->total_concurrent == 1);
  CHECK(parsed->max_concurrent == 1);
  CHECK(parsed->granularity_exponent == 9);
  CHECK(parsed->knows(kBlockToBlock));
  CHECK(parsed->knows(kIdentification));
  CHECK_FALSE(parsed->knows(0x0a));

  SUBCASE("cut short, at every place") {
    for_each_prefix(unhex(kLinux), [](std::span<const std::byte> bytes) {
      const auto cut = parse_copy_parameters(bytes);
      CHECK(cut.has_value() == (bytes.size() >= 44));
      if (cut) CHECK(cut->descriptors.size() == bytes.size() - 44);
    });
  }
  SUBCASE("the length says that there is less, or more") {
    auto bytes = unhex(kLinux);
    bytes[3] = std::byte{41};  // one byte of the list is no part of it
    CHECK_FALSE(parse_copy_parameters(bytes)->knows(kIdentification));
    bytes[0] = std::byte{0xff};
    CHECK(parse_copy_parameters(bytes)->descriptors.size() == 2);
    bytes[43] = std::byte{0xff};
    CHECK(parse_copy_parameters(bytes)->descriptors.size() == 2);
    bytes[0] = std::byte{0}, bytes[3] = std::byte{39};
    CHECK_FALSE(parse_copy_parameters(bytes));
  }
}

TEST_CASE("COPY STATUS") {
  const auto parse = [](const char* digits, std::uint32_t block = 512) {
    return parse_copy_status(unhex(digits), block);
  };
  using State = CopyStatus::State;
  const auto whole = parse("00000008 01 0001 00 00400000");
  REQUIRE(whole);
  CHECK(whole->state == State::completed);
  CHECK(whole->segments == 1);
  CHECK(whole->count == 0x400000);
  CHECK(whole->copied(0x400000) == 0x400000);
  CHECK(whole->copied(0x400200) == 0x400000);
  CHECK(whole->copied(0x200000) == 0x200000);

  CHECK(parse("00000008 00 0000 00 00000000")->state == State::in_progress);
  CHECK(parse("00000008 11 0000 00 00000000")->state == State::in_progress);
  CHECK(parse("00000008 82 0000 00 00000200")->state == State::failed);  // and there are held data
  CHECK(parse("00000008 82 0000 00 00000200")->copied(4096) == 512);
  CHECK(parse("00000008 7f 0001 00 00000000")->state == State::unknown);

  SUBCASE("units") {
    CHECK(parse("00000008 01 0001 01 00000003")->count == 3 << 10);
    CHECK(parse("00000008 01 0001 02 00000003")->count == 3 << 20);
    CHECK(parse("00000008 01 0001 f1 00000003", 4096)->count == 3 * 4096);
    // A MiB is missing to the whole only in part.
    CHECK(parse("00000008 01 0001 02 00000003")->copied((3 << 20) + 512) == (3 << 20) + 512);
    CHECK(parse("00000008 01 0001 02 00000003")->copied(4 << 20) == 3 << 20);
    CHECK(parse("00000008 01 0001 06 ffffffff")->copied(UINT64_MAX / 2) == UINT64_MAX / 2);
    const auto odd = parse("00000008 01 0001 77 00000003");
    CHECK_FALSE(odd->count);
    CHECK(odd->copied(4096) == 4096);
    CHECK(parse("00000008 02 0001 77 00000003")->copied(4096) == 0);
    CHECK(parse("00000008 01 0000 77 00000003")->copied(4096) == 0);
  }
  SUBCASE("cut short, at every place") {
    for_each_prefix(unhex("00000008 01 0001 00 00400000"), [](std::span<const std::byte> bytes) {
      CHECK(parse_copy_status(bytes, 512).has_value() == (bytes.size() == 12));
    });
    CHECK_FALSE(parse("00000007 01 0001 00 00400000"));
  }
}

TEST_CASE("by which name a copy manager knows a LUN") {
  LunInfo lun;
  lun.capacity = Capacity{.block_size = 512};
  CHECK_FALSE(copy_end(lun));
  lun.designators = {designator(0, 1, "LIO-ORG something"),
                     designator(1, 3, "6001405112233445566778899aabbccd"),
                     designator(0, 3, "not hexadecimal!"), designator(0, 3, "60014051122334")};
  CHECK_FALSE(copy_end(lun));
  lun.designators.push_back(designator(0, 3, "5000000000fa4e01"));
  CHECK(copy_end(lun)->naa == unhex("5000000000fa4e01"));
  lun.designators.push_back(designator(0, 3, "60014051223344556677889900aabbcc"));
  CHECK(copy_end(lun)->naa == unhex("60014051223344556677889900aabbcc"));
  CHECK(copy_end(lun)->block_size == 512);
}
