// SPDX-License-Identifier: Apache-2.0
// Checks of the target, by facts that no target is needed for.
#include <doctest/doctest.h>

#include "preflight/check/check.h"
#include "preflight/facts/subject.h"
#include "preflight/facts/target_facts.h"

using namespace san;
using namespace san::preflight;

namespace {

/// A target whose LUN can be examined, a whole disk of 512 MiB.
TargetFacts good_facts() {
  TargetFacts facts;
  facts.target = "iqn.2026-11.org.example:disk";
  facts.lun = 1;
  facts.initiator = "iqn.2026-11.org.example:host1";
  facts.initiator_known = true;
  PathFacts path;
  path.portal = path.asked = {"192.0.2.1", 3260};
  path.connect = std::chrono::microseconds(200);
  path.login.done = path.ipxe.done = true;
  iscsi::LunReport& report = path.report.emplace();
  report.info.inquiry = iscsi::Inquiry{};
  report.info.inquiry->vendor = "ACME";
  report.info.capacity = iscsi::Capacity{1 << 20, 512, 3, 0, false, false, true};
  report.info.mode = {false, false, true, true, false};
  report.commands = {{"SYNCHRONIZE CACHE(16)", true}};
  report.info.not_ready = "";
  report.reservation.emplace();
  facts.paths.push_back(path);
  return facts;
}

Outcome evaluate(const std::string& id, const TargetFacts& facts) {
  KnownFacts known;
  known.target = std::make_shared<TargetFacts>(facts);
  Subject subject({}, known);
  const Check* const check = find_check(id);
  REQUIRE_MESSAGE(check != nullptr, id);
  return check->evaluate(subject);
}

}  // namespace

TEST_CASE("TGT: a target without a fault, none, and one that cannot be reached") {
  TargetFacts silent = good_facts();
  silent.paths[0].connect.reset();
  silent.paths[0].login.done = false;
  silent.paths[0].report.reset();
  for (const char* const id : {"TGT-01", "TGT-02", "TGT-03", "TGT-05", "TGT-06", "TGT-08", "TGT-12"}) {
    CAPTURE(id);
    CHECK(evaluate(id, good_facts()).status == Status::pass);
    CHECK(evaluate(id, silent).status ==
          (std::string_view(id) == "TGT-01" ? Status::fail : Status::not_applicable));
    Subject nothing{SubjectOptions()};
    CHECK(find_check(id)->evaluate(nothing).status == Status::not_applicable);
  }
}

TEST_CASE("TGT-08: a write cache that cannot be flushed") {
  TargetFacts facts = good_facts();
  iscsi::LunReport& report = *facts.paths[0].report;
  report.info.mode.write_cache = true;
  CHECK(evaluate("TGT-08", facts).status == Status::pass);
  report.commands[0].supported = false;
  const Outcome bad = evaluate("TGT-08", facts);
  CHECK(bad.status == Status::fail);
  REQUIRE(bad.evidence.size() == 3);
  CHECK(bad.evidence[1].where == "SYNCHRONIZE CACHE(16)");
  CHECK_FALSE(bad.remedy.empty());
  // The same target with its cache off, and one that does not say.
  report.info.mode.write_cache = false;
  CHECK(evaluate("TGT-08", facts).status == Status::pass);
  report.info.mode.write_cache.reset();
  CHECK(evaluate("TGT-08", facts).status == Status::unknown);
  // What the target did not list is not held against it.
  report.info.mode.write_cache = true;
  report.commands.clear();
  CHECK(evaluate("TGT-08", facts).status == Status::pass);
}

TEST_CASE("TGT-12: a thin LUN") {
  TargetFacts facts = good_facts();
  iscsi::Capacity& capacity = *facts.paths[0].report->info.capacity;
  CHECK(evaluate("TGT-12", facts).status == Status::pass);
  capacity.lbpme = true;
  const Outcome thin = evaluate("TGT-12", facts);
  CHECK(thin.status == Status::fail);
  CHECK(find_check("TGT-12")->severity == Severity::warning);
  REQUIRE(thin.evidence.size() == 1);
  CHECK(thin.evidence[0].found.find("LBPME 1") != std::string::npos);
  CHECK_FALSE(thin.remedy.empty());
  // The short form of READ CAPACITY has no such bit.
  capacity.long_form = false;
  CHECK(evaluate("TGT-12", facts).status == Status::unknown);
}

TEST_CASE("TGT-11 was about what no initiator can see, and its id is not used again") {
  CHECK(find_check("TGT-11") == nullptr);
}
