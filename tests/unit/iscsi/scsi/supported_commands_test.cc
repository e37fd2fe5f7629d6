// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/supported_commands.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

TEST_CASE("REPORT SUPPORTED OPERATION CODES") {
  // The first and some others of what tgt 1.0.85 sent; the last with a timeouts descriptor.
  const auto answer = unhex(
      "00000034 0000000000000006 5e00000000 01000a 9e00001200010010 88000000000000 10"
      "4200000000 02000a 000a00000000000000000000");
  const auto list = parse_supported_commands(answer);
  REQUIRE(list);
  CHECK(list->size() == 5);
  CHECK(is_supported(*list, {0x9E, 0x12}));
  CHECK_FALSE(is_supported(*list, {0x9E, 0x10}));
  CHECK(is_supported(*list, {0x42, std::nullopt}));
  CHECK_FALSE(is_supported(*list, {0x89, std::nullopt}));
  CHECK(is_supported({{0x9E, std::nullopt}}, {0x9E, 0x12}));
  CHECK(parse_supported_commands(unhex("ffffffff 0000000000000006 5e00"))->size() == 1);
  CHECK_FALSE(parse_supported_commands(unhex("ffffffff 9e0000")));
  CHECK_FALSE(parse_supported_commands(unhex("00000000")));
  for_each_prefix(answer, [](auto bytes) { parse_supported_commands(bytes); });
}
