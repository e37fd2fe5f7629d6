// SPDX-License-Identifier: Apache-2.0
#include "flash/ip_order.h"

#include <doctest/doctest.h>

using namespace san::flash;

TEST_CASE("a netmask tells the order of bytes") {
  CHECK(mask_order({255, 255, 255, 0}) == IpOrder::network);
  CHECK(mask_order({0, 255, 255, 255}) == IpOrder::reversed);
  CHECK(mask_order({255, 255, 240, 0}) == IpOrder::network);
  CHECK(mask_order({0, 240, 255, 255}) == IpOrder::reversed);
  CHECK(mask_order({128, 0, 0, 0}) == IpOrder::network);
  CHECK(mask_order({254, 255, 255, 255}) == IpOrder::reversed);
}

TEST_CASE("some netmasks tell nothing") {
  CHECK(mask_order({0, 0, 0, 0}) == std::nullopt);
  CHECK(mask_order({255, 255, 255, 255}) == std::nullopt);
  CHECK(mask_order({255, 255, 0, 255}) == std::nullopt);
  CHECK(mask_order({255, 0, 255, 0}) == std::nullopt);
  CHECK(mask_order({0, 0, 1, 0}) == std::nullopt);
}

TEST_CASE("addresses and masks in both orders") {
  CHECK(ip_text({10, 0, 2, 15}, IpOrder::network) == "10.0.2.15");
  CHECK(ip_text({10, 0, 2, 15}, IpOrder::reversed) == "15.2.0.10");
  CHECK(ip_bytes("192.0.2.1", IpOrder::network) == IpBytes{192, 0, 2, 1});
  CHECK(ip_bytes("192.0.2.1", IpOrder::reversed) == IpBytes{1, 2, 0, 192});
  CHECK(ip_bytes("192.0.2", IpOrder::network) == std::nullopt);
  CHECK(ip_bytes("2001:db8::1", IpOrder::network) == std::nullopt);
  CHECK(mask_bytes(24, IpOrder::network) == IpBytes{255, 255, 255, 0});
  CHECK(mask_bytes(20, IpOrder::reversed) == IpBytes{0, 240, 255, 255});
  CHECK(mask_bytes(0, IpOrder::network) == IpBytes{0, 0, 0, 0});
  CHECK(mask_bytes(32, IpOrder::network) == IpBytes{255, 255, 255, 255});
  for (unsigned prefix = 0; prefix <= 32; ++prefix)
    CHECK(mask_prefix(mask_bytes(prefix, IpOrder::reversed), IpOrder::reversed) == prefix);
  CHECK(mask_prefix({255, 0, 255, 0}, IpOrder::network) == std::nullopt);
}
