// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/link_local.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"

using namespace san;
using namespace san::iscsi;

TEST_CASE("only link-local addresses need a zone") {
  CHECK(lacks_zone("fe80::1"));
  CHECK(lacks_zone("FEBF::1"));
  CHECK(lacks_zone("fe80::1%"));
  for (const char* host : {"fe80::1%eth0", "2001:db8::1", "::1", "fec0::1", "192.0.2.1", "fe80", ""})
    CHECK_FALSE(lacks_zone(host));
}

TEST_CASE("a zone is lent to what lacks one, and to nothing else") {
  const Portal from{"fe80::2%eth0", 3260};
  CHECK(with_zone_of({"fe80::1", 860}, from) == Portal{"fe80::1%eth0", 860});
  CHECK(with_zone_of({"fe80::1%eth1", 860}, from) == Portal{"fe80::1%eth1", 860});
  CHECK(with_zone_of({"2001:db8::1", 860}, from) == Portal{"2001:db8::1", 860});
  CHECK(with_zone_of({"host", 860}, from) == Portal{"host", 860});
  CHECK(with_zone_of({"fe80::1", 860}, {"2001:db8::1", 3260}) == Portal{"fe80::1", 860});
}

TEST_CASE("the zone of a URI is written with %25") {
  CHECK(with_plain_zone("fe80::1%25lo") == "fe80::1%lo");
  CHECK(with_plain_zone("fe80::1%lo") == "fe80::1%lo");
  CHECK(with_plain_zone("fe80::1%25") == "fe80::1%25");
  CHECK(with_plain_zone("fe80::1%251") == "fe80::1%1");  // interface 1, for there is none of number 251
  CHECK(with_plain_zone("fe80::1") == "fe80::1");
  CHECK(with_plain_zone("host") == "host");
}

TEST_CASE("a link-local address without a zone, or with one that is not here") {
  const auto said = [](const char* host) {
    const auto error = error_of([&] { check_zone({host, 3260}); });
    return error ? std::string(error->what()) : "";
  };
  CHECK(contains(said("fe80::1"),
                 "[fe80::1]:3260: is a link-local address, which needs the name of an interface"));
  CHECK(contains(said("fe80::1%no-such0"), "there is no interface no-such0"));
  CHECK(said("fe80::1%lo").empty());
  CHECK(said("fe80::1%1").empty());
  CHECK(said("2001:db8::1").empty());
  CHECK(said("host").empty());
}
