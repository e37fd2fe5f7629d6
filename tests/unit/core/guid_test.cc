// SPDX-License-Identifier: Apache-2.0
#include "core/guid.h"

#include <doctest/doctest.h>

using san::Guid;

TEST_CASE("a GUID's first three groups are little-endian on the disk") {
  // EFI System, as it stands in the golden table that sgdisk made.
  const Guid guid{
      {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b}};
  CHECK(guid.text() == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  CHECK(Guid::parse("C12A7328-F81F-11D2-BA4B-00A0C93EC93B") == guid);
  CHECK(Guid::parse("c12a7328-f81f-11d2-ba4b-00a0c93ec93b") == guid);
  CHECK(Guid::of(0xC12A7328, 0xF81F, 0x11D2, 0xBA4B, 0x00A0C93EC93B) == guid);
  CHECK_FALSE(guid.is_zero());
  CHECK(Guid{}.is_zero());
}

TEST_CASE("what is not a GUID is not parsed") {
  for (const char* text :
       {"", "c12a7328", "c12a7328-f81f-11d2-ba4b-00a0c93ec93", "c12a7328-f81f-11d2-ba4b-00a0c93ec93bb",
        "c12a7328ef81f-11d2-ba4b-00a0c93ec93b", "g12a7328-f81f-11d2-ba4b-00a0c93ec93b",
        "{12a7328-f81f-11d2-ba4b-00a0c93ec93}", "------------------------------------"})
    CHECK_FALSE(Guid::parse(text).has_value());
}

TEST_CASE("a random GUID says that it is one") {
  std::array<std::uint8_t, 16> random;
  random.fill(0xFF);
  CHECK(Guid::from_random(random).text() == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  random.fill(0);
  CHECK(Guid::from_random(random).text() == "00000000-0000-4000-8000-000000000000");
}
