// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/resolve.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "block/device_checks.h"

using namespace san;
using namespace san::iscsi;

TEST_CASE("addresses stand for themselves, names for theirs") {
  CHECK(resolve({"192.0.2.1", 860}) == std::vector<Portal>{{"192.0.2.1", 860}});
  CHECK(resolve({"::1", 3260}) == std::vector<Portal>{{"::1", 3260}});
  const auto local = resolve({"localhost", 1});
  CHECK(std::find(local.begin(), local.end(), Portal{"127.0.0.1", 1}) != local.end());
}

TEST_CASE("a host that does not exist") {
  const auto error = error_of([] { resolve({"no-such-host.invalid", 3260}); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(contains(error->what(), "no-such-host.invalid:3260: cannot find the host"));
}
