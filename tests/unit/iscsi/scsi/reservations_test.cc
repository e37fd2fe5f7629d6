// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/reservations.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

TEST_CASE("READ KEYS") {
  const auto answer = unhex("00000007 00000010 0000000000000001 8123456789abcdef");
  const auto keys = parse_reservation_keys(answer);
  REQUIRE(keys);
  CHECK(keys->generation == 7);
  CHECK(keys->keys == std::vector<std::uint64_t>{1, 0x8123456789ABCDEF});
  CHECK(parse_reservation_keys(unhex("00000000 00000000"))->keys.empty());
  CHECK(parse_reservation_keys(unhex("00000000 fffffff8 0102030405060708 0102"))->keys.size() == 1);
  for_each_prefix(
      answer, [](auto bytes) { CHECK(parse_reservation_keys(bytes).has_value() == (bytes.size() >= 8)); });
}

TEST_CASE("READ RESERVATION") {
  const auto answer = unhex("00000007 00000010 00000000000000ab 00000000 00 05 0000");
  const auto held = parse_reservation(answer);
  REQUIRE(held);
  REQUIRE(held->size() == 1);
  CHECK((*held)[0].key == 0xAB);
  CHECK((*held)[0].scope == 0);
  CHECK(reservation_type_name((*held)[0].type) == "write exclusive, registrants only");
  CHECK(parse_reservation(unhex("00000007 00000000"))->empty());
  CHECK_FALSE(parse_reservation(unhex("000000070000")));
  CHECK(reservation_type_name(0xA) == "type Ah");
  for_each_prefix(answer, [](auto bytes) { parse_reservation(bytes); });
}

TEST_CASE("READ FULL STATUS") {
  // Two registrants: an iSCSI initiator port, and a device that is named otherwise.
  const auto answer = unhex(
      "00000002 00000054"
      "00000000000000ab 00000000 01 15 00000000 0001 00000018"
      "45000014 69716e2e783a792c692c3078303032333000 0000"
      "00000000000000cd 00000000 00 00 00000000 0001 0000000c"
      "00000000 0000000000000000");
  const auto list = parse_full_status(answer);
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].key == 0xAB);
  CHECK((*list)[0].holder);
  CHECK((*list)[0].scope == 1);
  CHECK((*list)[0].type == 5);
  CHECK((*list)[0].initiator == "iqn.x:y");
  CHECK((*list)[1].key == 0xCD);
  CHECK_FALSE((*list)[1].holder);
  CHECK((*list)[1].initiator.empty());
  // A TransportID that is said to be longer than what came.
  CHECK(parse_full_status(unhex("00000002 ffffffff 00000000000000ab 00000000 0115 00000000 0001 fffffff8"))
            ->empty());
  for_each_prefix(answer, [](auto bytes) { parse_full_status(bytes); });
}

TEST_CASE("REPORT CAPABILITIES") {
  const auto answer = unhex("0008 0d 81 ea01 0000");
  const auto able = parse_reservation_capabilities(answer);
  REQUIRE(able);
  CHECK(able->persist_through_power_loss);
  CHECK(able->persists_now);
  CHECK(able->all_target_ports);
  CHECK(able->specify_initiator_ports);
  REQUIRE(able->types);
  CHECK(*able->types == std::vector<std::uint8_t>{1, 3, 5, 6, 7, 8});
  CHECK_FALSE(parse_reservation_capabilities(unhex("0008 0d 01 ea01 0000"))->types);
  CHECK_FALSE(parse_reservation_capabilities(unhex("0000 0d 81 ea01 0000")));
  for_each_prefix(answer, [](auto bytes) { parse_reservation_capabilities(bytes); });
}
