// SPDX-License-Identifier: Apache-2.0
#include "target/advice/lun_advice.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace san;
using namespace san::target;
using namespace san::iscsi;

namespace {

/// A tuned, thin LUN of an unknown array of which nothing bad can be said.
LunReport good_report() {
  LunReport card;
  card.url = {{"192.0.2.1", 3260}, "iqn.2026-11.org.example:disk", 1, {}};
  card.negotiated = {
      {"MaxRecvDataSegmentLength", "262144"}, {"InitialR2T", "No"}, {"MaxBurstLength", "262144"}};
  card.info.inquiry = Inquiry{};
  card.info.inquiry->vendor = "ACME";
  card.info.pages = {0x00, 0x80, 0x83, 0xB0, 0xB2};
  card.info.serial = "A1";
  card.info.designators = {{0, 3, "6001405aaaaaaaaaaaaaaaaaaaaaaaaa"}};
  card.info.capacity = Capacity{1 << 20, 512, 3, 0, true, true, true};
  card.info.limits = BlockLimits{};
  card.info.limits->max_unmap_blocks = 0xFFFFFFFF;
  card.info.provisioning = Provisioning{true, true, true, true, 2, false, 0};
  card.info.mode = {false, true, true, true, false};
  card.info.not_ready = "";
  card.reservation.emplace();
  return card;
}

LunReport tgt_report() {
  LunReport card = good_report();
  card.info.inquiry->vendor = "IET";
  card.info.inquiry->product = "VIRTUAL-DISK";
  card.info.designators = {{0, 3, "3000001200000001"}, {0, 3, "60000000000000000e00000000120001"}};
  return card;
}

const Diagnostic* find(const Diagnostics& advice, const std::string& id) {
  const auto found =
      std::find_if(advice.begin(), advice.end(), [&id](const Diagnostic& one) { return one.id == id; });
  return found == advice.end() ? nullptr : &*found;
}

Diagnostic must(const Diagnostics& advice, const std::string& id) {
  REQUIRE(find(advice, id) != nullptr);
  return *find(advice, id);
}

bool has_line(const Diagnostic& advice, const std::string& line) {
  return std::find(advice.commands.begin(), advice.commands.end(), line) != advice.commands.end();
}

}  // namespace

TEST_CASE("Nothing is said of a good LUN, nor of what is unknown") {
  CHECK(advise(good_report()).empty());
  LunReport unknown;
  CHECK(advise(unknown).empty());
  unknown.info.inquiry = Inquiry{};
  CHECK(advise(unknown).empty());
}

TEST_CASE("Small segments, with the lines for the kind of target") {
  LunReport card = tgt_report();
  card.negotiated.erase("MaxRecvDataSegmentLength");
  card.negotiated["InitialR2T"] = "Yes";
  auto advice = advise(card);
  const Diagnostic* small = find(advice, "small_segments");
  REQUIRE(small != nullptr);
  CHECK(small->severity == Severity::warning);
  CHECK(has_line(*small, "tgtadm --op update --mode target --tid 18 -n MaxRecvDataSegmentLength -v 262144"));
  CHECK(has_line(*small, "MaxBurstLength 1048576"));
  // Those lines change InitialR2T, too: once is enough.
  REQUIRE(find(advice, "initial_r2t") != nullptr);
  CHECK(must(advice, "initial_r2t").commands.empty());

  card.info.inquiry->vendor = "LIO-ORG";
  advice = advise(card);
  REQUIRE(find(advice, "small_segments") != nullptr);
  CHECK(find(advice, "small_segments")
            ->commands.front()
            .starts_with("targetcli /iscsi/iqn.2026-11.org.example:disk/tpg1 set parameter "
                         "MaxRecvDataSegmentLength=262144"));
  card.info.inquiry->vendor = "ACME";
  CHECK(must(advise(card), "small_segments").commands.empty());
}

TEST_CASE("istgt cannot be told everything") {
  LunReport card = good_report();
  card.info.inquiry->vendor = "FreeBSD";
  card.info.inquiry->product = "iSCSI DISK";
  card.negotiated["InitialR2T"] = "Yes";
  CHECK(must(advise(card), "initial_r2t").commands.empty());
  card.negotiated["MaxRecvDataSegmentLength"] = "8192";
  const auto advice = advise(card);
  CHECK(has_line(must(advice, "small_segments"), "MaxRecvDataSegmentLength 262144"));
  CHECK_FALSE(has_line(must(advice, "small_segments"), "InitialR2T No"));
}

TEST_CASE("tgt ignores UNMAPs of 4 GiB, others do not") {
  CHECK(must(advise(tgt_report()), "unmap_limit").severity == Severity::error);
  LunReport card = tgt_report();
  card.info.limits->max_unmap_blocks = (4U << 20) * 2 - 1;
  CHECK(find(advise(card), "unmap_limit") == nullptr);
  CHECK(find(advise(good_report()), "unmap_limit") == nullptr);
}

TEST_CASE("Provisioning") {
  LunReport card = good_report();
  card.info.provisioning->lbprz = false;
  CHECK(find(advise(card), "provisioning_contradiction") != nullptr);
  card.info.capacity->lbprz = false;
  CHECK(find(advise(card), "provisioning_contradiction") == nullptr);
  CHECK(find(advise(card), "zeros_not_declared") != nullptr);
  card = tgt_report();
  card.info.capacity->lbpme = card.info.capacity->lbprz = false;
  card.info.provisioning.reset();
  const auto advice = advise(card);
  REQUIRE(find(advice, "not_thin") != nullptr);
  CHECK(has_line(must(advice, "not_thin"),
                 "tgtadm --op update --mode logicalunit --tid 18 --lun 1 --params thin_provisioning=1"));
  card.info.designators.clear();
  const auto without = advise(card);
  CHECK(has_line(must(without, "not_thin"),
                 "tgtadm --op update --mode logicalunit --tid TID --lun 1 --params thin_provisioning=1"));
}

TEST_CASE("What keeps hosts from using the LUN comes first") {
  LunReport card = tgt_report();
  card.negotiated["InitialR2T"] = "Yes";
  card.info.mode.write_protected = true;
  card.reservation->push_back({1, 0, 5});
  card.info.not_ready = "the LUN is being formatted";
  const auto advice = advise(card);
  CHECK(std::is_sorted(advice.begin(), advice.end(),
                       [](const Diagnostic& a, const Diagnostic& b) { return a.severity < b.severity; }));
  CHECK(find(advice, "write_protected") != nullptr);
  CHECK(find(advice, "reserved") != nullptr);
  CHECK(find(advice, "not_ready") != nullptr);
  CHECK(has_line(must(advice, "write_protected"),
                 "tgtadm --op update --mode logicalunit --tid 18 --lun 1 --params readonly=0"));
}

TEST_CASE("Paths") {
  LunReport card = good_report();
  card.info.designators.push_back({1, 5, "00000001"});
  card.port_groups = {{1, 2, false, {1}}};
  CHECK(must(advise(card), "access_state").severity == Severity::error);
  card.port_groups->front().state = 1;
  CHECK(must(advise(card), "access_state").severity == Severity::warning);
  card.port_groups->front().state = 0;
  CHECK(find(advise(card), "access_state") == nullptr);
}

TEST_CASE("Identity, cache and geometry") {
  LunReport card = good_report();
  card.info.designators.clear();
  CHECK(find(advise(card), "no_identity") == nullptr);
  card.info.serial.clear();
  CHECK(find(advise(card), "no_identity") != nullptr);
  card = tgt_report();
  card.info.serial = "beaf181";
  CHECK(find(advise(card), "made_up_identity") != nullptr);
  card.info.serial = "beafmine";
  CHECK(find(advise(card), "made_up_identity") == nullptr);
  card = good_report();
  card.info.mode.dpofua = false;
  CHECK(find(advise(card), "volatile_cache") != nullptr);
  card.info.capacity->block_size = 4096;
  card.info.capacity->lowest_aligned_lba = 7;
  CHECK(find(advise(card), "block_size") != nullptr);
  CHECK(find(advise(card), "alignment") != nullptr);
}
