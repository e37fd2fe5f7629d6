// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/lun_address.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

LunAddress address(std::string_view digits) {
  const auto inventory = parse_report_luns(unhex("00000008 00000000 " + std::string(digits)));
  REQUIRE(inventory);
  REQUIRE(inventory->luns.size() == 1);
  return inventory->luns[0];
}

}  // namespace

TEST_CASE("Addressing methods of SAM-5, 4.7") {
  struct {
    const char* digits;
    const char* method;
    const char* text;
    bool can_be_asked;
  } const cases[] = {
      {"0000000000000000", "peripheral", "0", true},
      {"00ff000000000000", "peripheral", "255", true},
      {"0102000000000000", "peripheral", "0x0102000000000000", true},
      {"4001000000000000", "flat", "1", true},
      {"412c000000000000", "flat", "300", true},
      {"7fff000000000000", "flat", "16383", true},
      {"8005000000000000", "logical unit", "5", true},
      {"8125000000000000", "logical unit", "0x8125000000000000", true},
      {"d2012345000000 00", "extended flat", "74565", false},
      {"d201234500000001", "extended flat", "0xd201234500000001", false},
      {"c101000000000000", "well-known", "0xc101000000000000", true},
      {"e200000000000000", "extended", "0xe200000000000000", true},
      {"0001000200000000", "hierarchical", "0x0001000200000000", false},
  };
  for (const auto& one : cases) {
    CAPTURE(one.digits);
    const LunAddress lun = address(one.digits);
    CHECK(std::string(lun.method()) == one.method);
    CHECK(lun.text() == one.text);
    CHECK(lun.first_level().has_value() == one.can_be_asked);
  }
  CHECK(address("412c000000000000").first_level() == 0x412C);
}

TEST_CASE("REPORT LUNS") {
  // What tgt 1.0.85 sent.
  const auto tgt = unhex("00000010 00000000 0000000000000000 0001000000000000");
  const auto inventory = parse_report_luns(tgt);
  REQUIRE(inventory);
  CHECK(inventory->luns.size() == 2);
  CHECK(inventory->announced == 16);
  // Padded to the allocation length, or longer than what came.
  CHECK(parse_report_luns(unhex("00000008 00000000 0001000000000000 0000000000000000"))->luns.size() == 1);
  const auto cut = parse_report_luns(unhex("ffffffff 00000000 0001000000000000 0002"));
  CHECK(cut->luns.size() == 1);
  CHECK(cut->announced == 0xFFFFFFFF);
  CHECK(parse_report_luns(unhex("00000000 00000000 0001000000000000"))->luns.empty());
  for_each_prefix(tgt, [](auto bytes) {
    const auto luns = parse_report_luns(bytes);
    CHECK(luns.has_value() == (bytes.size() >= 8));
    if (luns) CHECK(luns->luns.size() == (bytes.size() - 8) / 8);
  });
}
