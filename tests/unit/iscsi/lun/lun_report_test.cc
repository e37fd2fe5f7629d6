// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_report.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

TEST_CASE("The segment of the target: what it said, the default where it said nothing, else unknown") {
  LunReport card;
  CHECK_FALSE(card.target_segment());
  card.negotiated["MaxBurstLength"] = "262144";
  CHECK(card.target_segment() == 8192);
  card.negotiated["MaxRecvDataSegmentLength"] = "262144";
  CHECK(card.target_segment() == 262144);
  card.negotiated["MaxRecvDataSegmentLength"] = "lots";
  CHECK_FALSE(card.target_segment());
}

TEST_CASE("The port group of the session is that of the port's designator") {
  LunReport card;
  CHECK(card.own_group() == nullptr);
  card.info.designators = {{1, 4, "00000002"}, {0, 5, "00000009"}, {1, 5, "00000101"}};
  CHECK(card.relative_port() == 2);
  CHECK(card.port_group() == 0x101);
  CHECK(card.own_group() == nullptr);
  card.port_groups = {{1, 0, true, {}}, {0x101, 2, false, {2}}};
  REQUIRE(card.own_group() != nullptr);
  CHECK(card.own_group()->state == 2);
  card.info.designators = {{1, 5, "xyz"}, {1, 5, "0000010x"}};
  CHECK_FALSE(card.port_group());
}
