// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/target_address.h"

#include <doctest/doctest.h>

using namespace san::iscsi;

TEST_CASE("Advertised portals") {
  const auto four = parse_target_address("192.0.2.1:3261,7");
  CHECK(four.portal == Portal{"192.0.2.1", 3261});
  CHECK(four.group == 7);
  CHECK(four.problem.empty());
  const auto six = parse_target_address("[2001:db8::1]:3260,1");
  CHECK(six.portal == Portal{"2001:db8::1", 3260});
  CHECK(six.group == 1);
  CHECK(six.problem.empty());
  const auto plain = parse_target_address("san.example");
  CHECK(plain.portal == Portal{"san.example", 3260});
  CHECK_FALSE(plain.group);
  CHECK(plain.problem.empty());
}

TEST_CASE("Portals that nobody can connect to") {
  for (const char* text :
       {"0.0.0.0:3260,1", "[::]:3260,1", "224.0.0.1:3260,1", "255.255.255.255,1", "[ff02::1]:3260,1"}) {
    CAPTURE(text);
    const auto address = parse_target_address(text);
    CHECK(address.portal);
    CHECK(address.text == text);
    CHECK_FALSE(address.problem.empty());
  }
  for (const char* text : {"", ",1", ":3260,1", "192.0.2.1:0,1", "192.0.2.1:65536,1", "2001:db8::1:3260,1",
                           "[::1,1", "a/b,1", "me@host,1", "a\x1b[2J,1"}) {
    CAPTURE(text);
    const auto address = parse_target_address(text);
    CHECK_FALSE(address.portal);
    CHECK_FALSE(address.problem.empty());
  }
  CHECK_FALSE(parse_target_address(std::string(300, 'x')).portal);
  for (const char* text :
       {"192.0.2.1:3260,", "192.0.2.1:3260,65536", "192.0.2.1:3260,-1", "192.0.2.1:3260,x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_target_address(text).problem.empty());
    CHECK_FALSE(parse_target_address(text).group);
  }
}

TEST_CASE("Names of targets") {
  CHECK(target_name_problem("iqn.2026-11.org.example:disk1").empty());
  CHECK(target_name_problem("iqn." + std::string(219, 'x')).empty());
  CHECK(target_name_problem("iqn." + std::string(220, 'x')) ==
        "a name of 224 bytes, at most 223 are allowed");
  CHECK_FALSE(target_name_problem("disk1").empty());
  CHECK_FALSE(target_name_problem("").empty());
}
