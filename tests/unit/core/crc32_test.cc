// SPDX-License-Identifier: Apache-2.0
#include "core/crc32.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_CASE("the check value of CRC-32") {
  // "123456789" is the check string of the catalogue of parametrised CRC algorithms.
  constexpr std::string_view text = "123456789";
  CHECK(san::crc32(std::as_bytes(std::span(text))) == 0xCBF43926);
  CHECK(san::crc32({}) == 0);
}
