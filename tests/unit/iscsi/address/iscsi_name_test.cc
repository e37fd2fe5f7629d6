// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/iscsi_name.h"

#include <doctest/doctest.h>

using namespace san::iscsi;

namespace {

std::string cause(const std::string& name) {
  const auto fault = name_fault(name, NameRules::portable);
  return fault ? fault->cause : "";
}

}  // namespace

TEST_CASE("names that are right") {
  for (const char* name : {
           "iqn.2026-11.org",
           "iqn.2026-11.org.example",
           "iqn.2026-11.org.example:host1",
           "iqn.2001-04.com.example:storage:diskarrays-sn-a8675309",
           "iqn.2026-11.org.ex-ample.a1:",
           "iqn.2026-11.org.example:-.:",
           "iqn.1993-08.org.debian:01:abcdef012345",
           "iqn.2026-12.0.1",  // digits make a label
           "eui.02004567a425678d",
           "naa.52004567ba64678d",
           "naa.62004567ba64678d0123456789abcdef",
       }) {
    CAPTURE(name);
    CHECK(cause(name).empty());
  }
  CHECK(cause("iqn.2026-11.org.example:" + std::string(199, 'x')).empty());  // 223 bytes
}

TEST_CASE("RFC 7143, 4.2.7.1: 223 bytes") {
  CHECK(cause("iqn.2026-11.org.example:" + std::string(200, 'x')) ==
        "has 224 bytes, and an iSCSI name at most 223 (RFC 7143, 4.2.7.1)");
}

TEST_CASE("RFC 3722: lower case, and nothing but letters, digits, '-', '.' and ':'") {
  const auto fault = name_fault("IQN.2026-11.org.Example:Host1", NameRules::portable);
  REQUIRE(fault);
  CHECK(fault->cause == "has capital letters: iSCSI names are lower case (RFC 3722)");
  CHECK(fault->hint == "write \"iqn.2026-11.org.example:host1\"");
  CHECK(name_fault("eui.02004567A425678D", NameRules::portable)->hint == "write \"eui.02004567a425678d\"");
  // The other fault matters more: the same name in small letters would be none either.
  CHECK(cause("iqn.2026-11.Org.example:a_b") == "has a '_', which no iSCSI name has (RFC 3722)");
  for (int c = 1; c < 0x80; ++c) {
    const std::string name = std::string("iqn.2026-11.org.example:a") + static_cast<char>(c);
    CAPTURE(name);
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
    CHECK(cause(name).empty() == allowed);
  }
  CHECK(cause("iqn.2026-11.org.example:a b") ==
        "has a blank or control character, which no iSCSI name has (RFC 3722)");
  CHECK(cause("iqn.2026-11.org.example:b\xC3\xBC"
              "ro") == "has characters beyond ASCII, which firmware cannot take");
}

TEST_CASE("RFC 7143, 4.2.7.4: iqn.") {
  for (const char* name : {"iqn.", "iqn.org", "iqn.26-11.org.example", "iqn.2026-1.org.example",
                           "iqn.2026.org", "iqn.202611.org", "iqn.2026-111.org", "iqn.-026-11.org",
                           "iqn.2026.11.org", "iqn.20a6-11.org.example:x"}) {
    CAPTURE(name);
    CHECK(cause(name).find("where year and month belong (RFC 7143, 4.2.7.4)") != std::string::npos);
  }
  CHECK(cause("iqn.2026-00.org") == "has the month 00, which does not exist (RFC 7143, 4.2.7.4)");
  CHECK(cause("iqn.2026-13.org") == "has the month 13, which does not exist (RFC 7143, 4.2.7.4)");
  for (const char* name : {"iqn.2026-11", "iqn.2026-11.", "iqn.2026-11.:x"}) {
    CAPTURE(name);
    CHECK(cause(name) == "names no domain as its naming authority (RFC 7143, 4.2.7.4)");
  }
  CHECK(cause("iqn.2026-11.org.example.:x") == "has a dot at the end of its domain (RFC 7143, 4.2.7.4)");
  CHECK(cause("iqn.2026-11.org..example") == "has \"\" in its domain, which no domain can (RFC 1034, 3.5)");
  CHECK(cause("iqn.2026-11.org.-a:x") == "has \"-a\" in its domain, which no domain can (RFC 1034, 3.5)");
  CHECK(cause("iqn.2026-11.org.a-:x") == "has \"a-\" in its domain, which no domain can (RFC 1034, 3.5)");
  CHECK(cause("iqn.2026-11.org." + std::string(63, 'a')).empty());
  CHECK_FALSE(cause("iqn.2026-11.org." + std::string(64, 'a')).empty());
}

TEST_CASE("RFC 7143, 4.2.7.5 and 4.2.7.6: eui. and naa.") {
  for (const char* name : {"eui.", "eui.02004567a425678", "eui.02004567a425678d0", "eui.02004567a425678g"})
    CHECK(cause(name) == "is not eui. and 16 hexadecimal digits (RFC 7143, 4.2.7.5)");
  for (const char* name : {"naa.", "naa.52004567ba64678", "naa.52004567ba64678d0", "naa.52004567ba64678x",
                           "naa.62004567ba64678d0123456789abcde", "naa.62004567ba64678d0123456789abcdef0"})
    CHECK(cause(name) == "is not naa. and 16 or 32 hexadecimal digits (RFC 7143, 4.2.7.6)");
}

TEST_CASE("RFC 7143, 4.2.7.3: the type") {
  for (const char* name : {"", "iqn", "golden", "iqnx.2026-11.org", "iqn:2026-11.org"})
    CHECK(cause(name) == "does not begin with iqn., eui. or naa. (RFC 7143, 4.2.7.3)");
}

TEST_CASE("what is asked of a name: each rule, and what it lets through") {
  const auto passes = [](const std::string& name) {
    std::string rules;
    if (!name_fault(name, NameRules::type)) rules += "type ";
    if (!name_fault(name, NameRules::existing)) rules += "existing ";
    if (!name_fault(name, NameRules::rtslib)) rules += "rtslib ";
    if (!name_fault(name, NameRules::portable)) rules += "portable ";
    return rules;
  };
  CHECK(passes("iqn.2026-11.org.example:host1") == "type existing rtslib portable ");
  CHECK(passes("iqn.2026-11.org:host1") == "type existing portable ");
  CHECK(passes("iqn.2026-11.org.example:Host_1") == "type existing ");
  CHECK(passes("iqn.anything") == "type existing ");
  CHECK(passes("iqn.a/b") == "type ");
  CHECK(passes("iqn.a b") == "type ");
  CHECK(passes("iqn." + std::string(219, 'x')) == "type existing ");
  CHECK(passes("iqn." + std::string(220, 'x')) == "type ");
  CHECK(passes("naa.62004567ba64678d") == "type existing portable ");
  for (const char* name : {"", "iqn", "IQN.2026-11.org.example:host1", "disk1"}) CHECK(passes(name).empty());
}

TEST_CASE("the name of a target that exists: what is wrong is said with it") {
  const auto said = [](const std::string& name) {
    const auto fault = name_fault(name, NameRules::existing);
    REQUIRE(fault);
    return fault->cause;
  };
  CHECK(said("disk1") == "\"disk1\" is not an iSCSI name");
  CHECK(said("iqn." + std::string(220, 'x')) == "the iSCSI name has 224 bytes, at most 223 are allowed");
  CHECK(said("iqn.a\n") == "\"iqn.a\n\" has characters that no iSCSI name has");
}
