// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/port_groups.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

const char* const kGroups =
    "80 8f 0001 00 00 00 02  0000 0001 0000 0002"
    "02 8f 0101 00 00 00 01  0000 0081";

}  // namespace

TEST_CASE("REPORT TARGET PORT GROUPS") {
  const auto answer = unhex("0000001c" + std::string(kGroups));
  const auto groups = parse_port_groups(answer);
  REQUIRE(groups);
  REQUIRE(groups->size() == 2);
  CHECK((*groups)[0].id == 1);
  CHECK((*groups)[0].preferred);
  CHECK((*groups)[0].state == 0);
  CHECK((*groups)[0].ports == std::vector<std::uint16_t>{1, 2});
  CHECK((*groups)[1].id == 0x101);
  CHECK_FALSE((*groups)[1].preferred);
  CHECK(std::string(access_state_name((*groups)[1].state)) == "standby");
  CHECK((*groups)[1].ports == std::vector<std::uint16_t>{0x81});
  // With the extended header, though it was not asked for.
  CHECK(parse_port_groups(unhex("00000020 10050000" + std::string(kGroups)))->size() == 2);
  // More ports than what came; more bytes than what came; nothing.
  CHECK(parse_port_groups(unhex("ffffffff 80 8f 0001 00 00 00 ff 00000001"))->empty());
  CHECK(parse_port_groups(unhex("ffffffff" + std::string(kGroups)))->size() == 2);
  CHECK(parse_port_groups(unhex("00000000"))->empty());
  CHECK_FALSE(parse_port_groups(unhex("000000")));
  for_each_prefix(answer, [](auto bytes) { parse_port_groups(bytes); });
}

TEST_CASE("Access states") {
  CHECK(access_state_works(0));
  CHECK(access_state_works(1));
  CHECK_FALSE(access_state_works(2));
  CHECK_FALSE(access_state_works(0xE));
  CHECK(access_state_name(9) == nullptr);
}
