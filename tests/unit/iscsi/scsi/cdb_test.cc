// SPDX-License-Identifier: Apache-2.0
// The bytes are those of the tables of SPC-4 (INQUIRY: table 171 and so on) and SBC-3, written out by hand.
#include "iscsi/scsi/cdb.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

bool is(const Cdb& cdb, const char* digits) {
  const auto wanted = unhex(digits);
  return static_cast<std::size_t>(cdb.size) == wanted.size() &&
         std::memcmp(cdb.bytes.data(), wanted.data(), wanted.size()) == 0 &&
         std::all_of(cdb.bytes.begin() + cdb.size, cdb.bytes.end(), [](auto b) { return b == 0; });
}

}  // namespace

TEST_CASE("primary commands") {
  CHECK(is(test_unit_ready(), "00 00 00 00 00 00"));
  CHECK(is(inquiry(255), "12 00 00 00ff 00"));
  CHECK(is(inquiry(0x1234), "12 00 00 1234 00"));
  CHECK(is(inquiry_vpd(0xb0, 1024), "12 01 b0 0400 00"));
  CHECK(is(mode_sense_6(0x3f, 255), "1a 00 3f 00 ff 00"));
  CHECK(is(mode_sense_10(0x08, 512), "5a 00 08 00 000000 0200 00"));
  CHECK(is(report_luns(0x01020304), "a0 00 00 000000 01020304 00 00"));
  CHECK(is(persistent_reserve_in(ReserveIn::read_reservation, 0x0100), "5e 01 0000000000 0100 00"));
  CHECK(is(persistent_reserve_out(ReserveOut::preempt, 5), "5f 04 05 0000 00000018 00"));
}

TEST_CASE("block commands of 10 bytes") {
  CHECK(is(read_capacity_10(), "25 00 00000000 0000 00 00"));
  CHECK(is(read(false, 0x12345678, 0xfffe), "28 00 12345678 00 fffe 00"));
  CHECK(is(write(false, 1, 2), "2a 00 00000001 00 0002 00"));
  CHECK(is(write_same(false, 0xff, 0x10, false), "41 00 000000ff 00 0010 00"));
  CHECK(is(write_same(false, 0xff, 0x10, true), "41 08 000000ff 00 0010 00"));
  CHECK(is(synchronize_cache(false), "35 00 00000000 00 0000 00"));
  CHECK(is(unmap(24), "42 00 00000000 00 0018 00"));
}

TEST_CASE("block commands of 16 bytes") {
  CHECK(is(read_capacity_16(32), "9e 10 0000000000000000 00000020 00 00"));
  CHECK(is(get_lba_status(0x0102030405060708, 0x10008), "9e 12 0102030405060708 00010008 00 00"));
  CHECK(is(read(true, 0x0102030405060708, 0x090a0b0c), "88 00 0102030405060708 090a0b0c 00 00"));
  CHECK(is(write(true, 1, 0xffffffff), "8a 00 0000000000000001 ffffffff 00 00"));
  CHECK(is(write_same(true, 1, 2, false), "93 00 0000000000000001 00000002 00 00"));
  CHECK(is(write_same(true, 1, 2, true), "93 08 0000000000000001 00000002 00 00"));
  CHECK(is(synchronize_cache(true), "91 00 0000000000000000 00000000 00 00"));
}

TEST_CASE("the parameter list of UNMAP") {
  const auto list = unmap_parameters(0x0102030405060708, 0x090a0b0c);
  const auto wanted = unhex("0016 0010 00000000 0102030405060708 090a0b0c 00000000");
  CHECK(std::memcmp(list.data(), wanted.data(), list.size()) == 0);
}

TEST_CASE("names for messages") {
  for (const auto& cdb :
       {test_unit_ready(), inquiry(1), mode_sense_6(1, 1), mode_sense_10(1, 1), report_luns(1),
        persistent_reserve_in(ReserveIn::read_reservation, 1), persistent_reserve_out(ReserveOut::reserve, 1),
        read_capacity_10(), read(false, 1, 1), read(true, 1, 1), write(false, 1, 1), write(true, 1, 1),
        write_same(false, 1, 1, true), write_same(true, 1, 1, true), unmap(24), synchronize_cache(false),
        synchronize_cache(true), get_lba_status(0, 8)})
    CHECK(std::strcmp(opcode_name(cdb.opcode()), "SCSI command") != 0);
  CHECK(std::strcmp(opcode_name(0xff), "SCSI command") == 0);
}
