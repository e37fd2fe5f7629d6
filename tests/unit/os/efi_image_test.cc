// SPDX-License-Identifier: Apache-2.0
#include "os/efi_image.h"

#include <doctest/doctest.h>

#include <vector>

#include "os/small_efi_program.h"

using namespace san;
using namespace san::os;

TEST_CASE("parse_efi_image: a small program") {
  const auto image = parse_efi_image(small_efi_program(0x8664));
  REQUIRE(image);
  CHECK(image->machine == 0x8664);
  CHECK(image->application);
  CHECK_FALSE(image->has_signature);
  CHECK_FALSE(image->shim);
  CHECK(image->fault.empty());
  CHECK(machine_name(image->machine) == "x86-64");
}

TEST_CASE("parse_efi_image: signed, shim") {
  const auto image = parse_efi_image(small_efi_program(0xAA64, true, true));
  REQUIRE(image);
  CHECK(image->has_signature);
  CHECK(image->shim);
  CHECK(image->fault.empty());
  CHECK(machine_name(image->machine) == "AArch64");
}

TEST_CASE("parse_efi_image: no such program, and one that is cut short anywhere") {
  CHECK_FALSE(parse_efi_image({}));
  CHECK_FALSE(parse_efi_image(std::vector<std::byte>(4096)));
  const auto whole = small_efi_program(0x8664, true);
  for (std::size_t length = 0; length < whole.size(); ++length)
    if (const auto image = parse_efi_image(std::span(whole).first(length))) CHECK_FALSE(image->fault.empty());
}
