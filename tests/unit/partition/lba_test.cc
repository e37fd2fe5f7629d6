// SPDX-License-Identifier: Apache-2.0
#include "partition/lba.h"

#include <doctest/doctest.h>

TEST_CASE("sums and products stop at the largest number") {
  constexpr std::uint64_t max = ~std::uint64_t{0};
  CHECK(san::saturating_add(1, 2) == 3);
  CHECK(san::saturating_add(max, 0) == max);
  CHECK(san::saturating_add(max, 1) == max);
  CHECK(san::saturating_add(max - 5, max) == max);
  CHECK(san::saturating_mul(max, 0) == 0);
  CHECK(san::saturating_mul(max / 512, 512) == max - 511);
  CHECK(san::saturating_mul(max / 512 + 1, 512) == max);
  CHECK(san::partition::divide_up(0, 512) == 0);
  CHECK(san::partition::divide_up(512, 512) == 1);
  CHECK(san::partition::divide_up(513, 512) == 2);
  CHECK(san::partition::divide_up(max, 512) == (std::uint64_t{1} << 55));
}
