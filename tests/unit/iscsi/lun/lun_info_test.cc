// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_info.h"

#include <doctest/doctest.h>

using namespace san::iscsi;

TEST_CASE("Contradictions about thin provisioning") {
  LunInfo info;
  CHECK(info.contradictions().empty());
  info.capacity = Capacity{1024, 512, 0, 0, true, true, true};
  info.provisioning = Provisioning{true, true, true, true, 2, false, 0};
  info.limits = BlockLimits{};
  info.limits->max_unmap_blocks = 1;
  CHECK(info.contradictions().empty());
  info.provisioning->lbprz = false;
  CHECK(info.contradictions() ==
        std::vector<std::string>{"LBPRZ is 1 in READ CAPACITY(16), but 0 in VPD page B2h"});
  info.provisioning->lbprz = true;
  info.limits->max_unmap_blocks = 0;
  CHECK(info.contradictions().size() == 1);
  info.limits.reset();
  info.capacity->lbpme = false;
  CHECK(info.contradictions().size() == 1);
  // The short form of READ CAPACITY says nothing of it.
  info.capacity->long_form = false;
  CHECK(info.contradictions().empty());
  info.capacity->long_form = info.capacity->lbpme = true;
  info.provisioning->lbpu = info.provisioning->lbpws = info.provisioning->lbpws10 = false;
  CHECK(info.contradictions().size() == 1);
  info.provisioning.reset();
  CHECK(info.contradictions().empty());
  info.pages = {0x00, 0x80};
  CHECK(info.contradictions().size() == 1);
}

TEST_CASE("The longest NAA designator of the logical unit is its name") {
  LunInfo info;
  CHECK(info.naa().empty());
  info.designators = {{1, 3, "60000000000000000000000000000001"},
                      {0, 3, "3000000100000001"},
                      {0, 3, "60000000000000000e00000000010001"}};
  CHECK(info.naa() == "60000000000000000e00000000010001");
  CHECK_FALSE(info.thin());
  CHECK(info.may_have(0xB0));
  info.pages = {0x00};
  CHECK_FALSE(info.may_have(0xB0));
}

TEST_CASE("the name of a logical unit") {
  LunInfo lun;
  CHECK(lun.identity().empty());
  lun.serial = "0001";
  CHECK(lun.identity() == "serial 0001");
  lun.designators = {{0, 1, "IET 1"}, {1, 3, "5port"}, {0, 2, "00aa"}, {0, 3, ""}};
  CHECK(lun.identity() == "eui.00aa");
  lun.designators.push_back({0, 3, "3000"});
  CHECK(lun.identity() == "naa.3000");
}

TEST_CASE("a LUN of which nothing is known has no size") {
  LunInfo info;
  CHECK(info.size() == 0);
  CHECK(info.block_size() == 0);
  CHECK_FALSE(info.long_form());
  CHECK_FALSE(info.is_disk());
  CHECK_FALSE(info.declares_zeros());
  info.capacity = Capacity{3, 4096};
  CHECK(info.size() == 12288);
  CHECK_FALSE(info.thin());
}
