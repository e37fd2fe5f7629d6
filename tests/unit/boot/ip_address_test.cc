// SPDX-License-Identifier: Apache-2.0
#include "boot/ip_address.h"

#include <doctest/doctest.h>

using namespace san::boot;

namespace {

IpAddress ip(const char* text) {
  const auto address = parse_ip(text);
  REQUIRE(address);
  return *address;
}

}  // namespace

TEST_CASE("addresses as text") {
  CHECK(to_string(ip("192.0.2.1")) == "192.0.2.1");
  CHECK(to_string(ip("2001:DB8:0:0::1")) == "2001:db8::1");
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/24", "[::1]", "fe80::1%eth0",
                           "host", "01.2.3.4", "1:2:3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip(text));
  }
  CHECK_FALSE(parse_ip(std::string_view("1.2.3.4\0x", 9)));
}

TEST_CASE("networks") {
  CHECK(same_network(ip("10.0.2.15"), ip("10.0.2.2"), 24));
  CHECK_FALSE(same_network(ip("10.0.2.15"), ip("10.0.3.2"), 24));
  CHECK(same_network(ip("10.0.2.15"), ip("10.0.3.2"), 23));
  CHECK_FALSE(same_network(ip("10.0.2.15"), ip("10.0.2.14"), 32));
  CHECK(same_network(ip("10.0.2.15"), ip("10.0.2.14"), 31));
  CHECK(same_network(ip("2001:db8::1"), ip("2001:db8::ffff:1"), 64));
  CHECK_FALSE(same_network(ip("2001:db8::1"), ip("2001:db8:0:1::1"), 64));
  CHECK_FALSE(same_network(ip("0.0.0.0"), ip("::"), 1));
  CHECK(host_part_is(ip("10.0.2.0"), 24, false));
  CHECK(host_part_is(ip("10.0.2.255"), 24, true));
  CHECK_FALSE(host_part_is(ip("10.0.2.254"), 24, true));
  CHECK(host_part_is(ip("10.0.2.128"), 25, false));
}

TEST_CASE("addresses of a kind") {
  CHECK(is_link_local_v6(ip("fe80::1")));
  CHECK(is_link_local_v6(ip("febf::1")));
  CHECK_FALSE(is_link_local_v6(ip("fec0::1")));
  CHECK_FALSE(is_link_local_v6(ip("254.128.0.1")));
  for (const char* text :
       {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"})
    CHECK(is_no_host(ip(text)));
  for (const char* text : {"10.0.2.15", "223.255.255.254", "fe80::1", "2001:db8::1", "::2"})
    CHECK_FALSE(is_no_host(ip(text)));
}
