// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_types.h"

#include <doctest/doctest.h>

TEST_CASE("common types have names, others none") {
  const auto name = [](std::string_view id) {
    return san::partition::gpt_type_name(san::Guid::parse(id).value());
  };
  CHECK(name(san::partition::gpt_type::efi_system) == "EFI System");
  CHECK(name(san::partition::gpt_type::bios_boot) == "BIOS boot");
  CHECK(name("4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709") == "Linux root (x86-64)");
  CHECK(name("aa31e02a-400f-11db-9590-000c2911d1b8") == "VMware VMFS");
  CHECK(name("00000000-0000-0000-0000-000000000001") == "");
  CHECK(san::partition::mbr_type_name(0x83) == "Linux");
  CHECK(san::partition::mbr_type_name(0xEE) == "GPT protective");
  CHECK(san::partition::mbr_type_name(0x02) == "");
}
