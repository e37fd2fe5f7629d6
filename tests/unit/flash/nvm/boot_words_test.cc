// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/boot_words.h"

#include <doctest/doctest.h>

using namespace san::flash;

namespace {

std::uint16_t with(std::uint16_t word, san::boot::Priority choice, const char* family,
                   bool expect_sure = true) {
  bool sure = !expect_sure;
  const std::uint16_t result = with_choice(word, choice, find_family(family), sure);
  CHECK(sure == expect_sure);
  return result;
}

}  // namespace

TEST_CASE("ports have their words") {
  CHECK(setup_word(1) == 0x30);
  CHECK(setup_word(2) == 0x34);
  CHECK(setup_word(3) == 0x38);
  CHECK(setup_word(4) == 0x3A);
}

TEST_CASE("main setup options") {
  const SetupOptions defaults = setup_options(kDefaultSetup);
  CHECK(defaults.protocol == 0);
  CHECK(defaults.prompt_seconds == 2);
  CHECK(defaults.message);
  CHECK(!defaults.iscsi_disabled);
  const SetupOptions all = setup_options(0x1CFF);
  CHECK(all.protocol == 7);
  CHECK(all.boot_selection == 3);
  CHECK(all.iscsi_disabled);
  CHECK(all.prompt_seconds == 0);
  CHECK(!all.message);
  CHECK(speed_name(all.speed) == "1000 Mbit/s full duplex");
  CHECK(setup_options(0x0040).prompt_seconds == 3);
  CHECK(setup_options(0x0080).prompt_seconds == 5);
}

TEST_CASE("one value means RPL on old parts and disabled on new ones") {
  CHECK(protocol_name(0x0101, ProtocolSelect::two_bit) == "RPL");
  CHECK(protocol_name(0x0101, ProtocolSelect::three_bit) == "boot disabled");
  CHECK(protocol_name(0x0104, ProtocolSelect::three_bit) == "FCoE");
  CHECK(protocol_name(0x0104, ProtocolSelect::two_bit) == "PXE");
  CHECK(protocol_name(0x0105, ProtocolSelect::three_bit) == "undefined (5)");
  CHECK(protocol_name(0x0102, ProtocolSelect::pxe_rpl) == "undefined (2)");
  CHECK(protocol_name(0x0103, ProtocolSelect::two_bit) == "iSCSI secondary");
  CHECK(choice_of(0x0101, ProtocolSelect::two_bit) == std::nullopt);
  CHECK(choice_of(0x0101, ProtocolSelect::three_bit) == san::boot::Priority::disabled);
  CHECK(choice_of(0x0106, ProtocolSelect::three_bit) == std::nullopt);
}

TEST_CASE("a choice changes only its field") {
  CHECK(with(0x0100, san::boot::Priority::primary, "I350") == 0x0102);
  CHECK(with(0xFFFF, san::boot::Priority::pxe, "I350") == 0xFFF8);
  CHECK(with(0x1DDC, san::boot::Priority::secondary, "82576") == 0x1DDB);
  CHECK(with(0x0100, san::boot::Priority::disabled, "X550") == 0x0101);
  CHECK(with(0x0104, san::boot::Priority::primary, "82574") == 0x0106);
  CHECK(with(0x0120, san::boot::Priority::primary, "X550") == 0x0102);
  CHECK(with(0x0120, san::boot::Priority::primary, "I210") == 0x0122);
  CHECK(with(0x0120, san::boot::Priority::disabled, "X550") == 0x0121);
}

TEST_CASE("what no datasheet defines is not sure") {
  CHECK(with(0x0100, san::boot::Priority::disabled, "82574", false) == 0x0101);
  CHECK(with(0x0100, san::boot::Priority::primary, "8254x", false) == 0x0102);
  CHECK(with(0x0101, san::boot::Priority::pxe, "8254x") == 0x0100);
}

TEST_CASE("customization options") {
  const Customization defaults = customization(kDefaultCustomization);
  CHECK(defaults.signature == 1);
  CHECK(!defaults.retry);
  CHECK(mode_name(defaults.mode) == "normal");
  const Customization all = customization(0xCC3F);
  CHECK(all.signature == 3);
  CHECK(all.retry);
  CHECK(mode_name(all.mode) == "PnP INT19");
  CHECK(mode_name(7) == "normal");
  CHECK(all.no_setup_menu);
  CHECK(all.no_title);
  CHECK(all.no_flash_update);
  CHECK(!customization(0x4020).no_wakeup_menu);
}

TEST_CASE("version of the boot agent") {
  CHECK(agent_version(0x121C) == "1.2.28");
  CHECK(agent_version(0xFFFF).empty());
  CHECK(agent_version(0).empty());
}
