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
  card.facts.designators = {{1, 4, "00000002"}, {0, 5, "00000009"}, {1, 5, "00000101"}};
  CHECK(card.relative_port() == 2);
  CHECK(card.port_group() == 0x101);
  CHECK(card.own_group() == nullptr);
  card.port_groups = {{1, 0, true, {}}, {0x101, 2, false, {2}}};
  REQUIRE(card.own_group() != nullptr);
  CHECK(card.own_group()->state == 2);
  card.facts.designators = {{1, 5, "xyz"}, {1, 5, "0000010x"}};
  CHECK_FALSE(card.port_group());
}

TEST_CASE("Contradictions about thin provisioning") {
  LunReport card;
  CHECK(card.contradictions().empty());
  card.facts.capacity = Capacity{1024, 512, 0, 0, true, true, true};
  card.provisioning = Provisioning{true, true, true, true, 2, false, 0};
  card.limits = BlockLimits{};
  card.limits->max_unmap_blocks = 1;
  CHECK(card.contradictions().empty());
  card.provisioning->lbprz = false;
  CHECK(card.contradictions() ==
        std::vector<std::string>{"LBPRZ is 1 in READ CAPACITY(16), but 0 in VPD page B2h"});
  card.provisioning->lbprz = true;
  card.limits->max_unmap_blocks = 0;
  CHECK(card.contradictions().size() == 1);
  card.limits.reset();
  card.facts.capacity->lbpme = false;
  CHECK(card.contradictions().size() == 1);
  // The short form of READ CAPACITY says nothing of it.
  card.facts.capacity->long_form = false;
  CHECK(card.contradictions().empty());
  card.facts.capacity->long_form = card.facts.capacity->lbpme = true;
  card.provisioning->lbpu = card.provisioning->lbpws = card.provisioning->lbpws10 = false;
  CHECK(card.contradictions().size() == 1);
  card.provisioning.reset();
  CHECK(card.contradictions().empty());
  card.facts.pages = {0x00, 0x80};
  CHECK(card.contradictions().size() == 1);
}

TEST_CASE("The longest NAA designator of the logical unit is its name") {
  LunFacts facts;
  CHECK(facts.naa().empty());
  facts.designators = {{1, 3, "60000000000000000000000000000001"},
                       {0, 3, "3000000100000001"},
                       {0, 3, "60000000000000000e00000000010001"}};
  CHECK(facts.naa() == "60000000000000000e00000000010001");
  CHECK_FALSE(facts.thin());
  CHECK(facts.may_have(0xB0));
  facts.pages = {0x00};
  CHECK_FALSE(facts.may_have(0xB0));
}
