// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/login.h"

#include <doctest/doctest.h>

#include <set>

using namespace san::iscsi;

TEST_CASE("a login has what the URL says, and an ISID of its own") {
  const Url url{{"192.0.2.1", 3261}, "iqn.2026-11.org.example:disk", 7, "not looked at"};
  const Login login = make_login(url, {"iqn.2026-11.org.example:me", "user", "secret", "", ""});
  CHECK(login.portal == url.portal);
  CHECK(login.target == url.target);
  CHECK(login.lun == 7);
  CHECK(login.credentials.initiator == "iqn.2026-11.org.example:me");
  CHECK(login.credentials.user == "user");
  CHECK(login.isid_qualifier == 0);
  std::set<std::uint32_t> isids;
  for (int i = 0; i < 8; ++i) isids.insert(make_login(url, {}).isid);
  CHECK(isids.size() > 1);
  CHECK(*isids.rbegin() <= 0xFFFFFF);  // RFC 7143, 11.12.5: 24 bits
}
