// SPDX-License-Identifier: Apache-2.0
#include "preflight/check/verdict.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string_view>

#include "preflight/run.h"

using namespace san::preflight;

namespace {

const Check kBlocker{"LNX-03", Severity::blocker, Scope::disk, "t", "g", "a", nullptr};
const Check kNamed{
    "NET-01", Severity::blocker, Scope::plan, "boot NIC is not identified", "boot NIC is identified", "a",
    nullptr};
const Check kWarning{"LNX-13", Severity::warning, Scope::disk, "t", "g", "a", nullptr};

Result with(const Check& check, Status status) {
  Outcome outcome;
  outcome.status = status;
  return {&check, outcome, check.severity};
}

const std::vector<Scope> kExamined = {Scope::disk, Scope::plan, Scope::target};
const std::vector<Scope> kMissed = {Scope::machine, Scope::proof};

std::string line(const std::vector<Result>& results) {
  return judge(results, kExamined, kMissed, {}).line();
}

}  // namespace

TEST_CASE("Verdict: the lines that scripts know") {
  CHECK(line({with(kBlocker, Status::pass)}) ==
        "READY for disk, plan, target; not examined: machine (run --live there), proof (--rehearse)");
  CHECK(line({with(kBlocker, Status::fail), with(kBlocker, Status::fail), with(kBlocker, Status::unknown)}) ==
        "NOT READY: 2 blockers, 1 unknown");
  CHECK(line({with(kBlocker, Status::pass), with(kBlocker, Status::fail)}) == "NOT READY: 1 blocker");
  CHECK(line({with(kBlocker, Status::pass), with(kBlocker, Status::unknown)}) == "NOT READY: 1 unknown");
  CHECK(judge({with(kBlocker, Status::pass)}, {Scope::disk}, {}, {}).line() == "READY for disk");
}

TEST_CASE("Verdict: warnings do not count, whether they fail or are unknown") {
  const std::vector<Result> results = {with(kBlocker, Status::pass), with(kWarning, Status::fail),
                                       with(kWarning, Status::unknown)};
  CHECK(judge(results, kExamined, kMissed, {}).ready);
  Result lowered = with(kBlocker, Status::fail);
  lowered.severity = Severity::warning;
  CHECK(judge({with(kBlocker, Status::pass), lowered}, kExamined, kMissed, {}).ready);
}

TEST_CASE("Verdict: what was left out is said") {
  CHECK(line({with(kBlocker, Status::pass), with(kWarning, Status::skipped)}) ==
        "READY for disk, plan, target; skipped: LNX-13; not examined: machine (run --live there), proof "
        "(--rehearse)");
  CHECK(line({with(kBlocker, Status::fail), with(kWarning, Status::skipped)}) ==
        "NOT READY: 1 blocker; skipped: LNX-13");
  CHECK(judge({with(kBlocker, Status::pass)}, kExamined, kMissed, {"LNX-03"}).line() ==
        "READY for LNX-03 alone; not examined: everything else");
}

TEST_CASE("Verdict: READY needs something that passed") {
  CHECK(line({}) == "NOT READY: nothing could be judged");
  CHECK(line({with(kBlocker, Status::not_applicable), with(kBlocker, Status::skipped)}) ==
        "NOT READY: nothing could be judged; skipped: LNX-03");
}

TEST_CASE("Verdict: a warning that was asked for alone") {
  CHECK(judge({with(kWarning, Status::fail)}, kExamined, kMissed, {"LNX-13"}).line() ==
        "READY for LNX-13 alone; not examined: everything else");
  CHECK_FALSE(judge({with(kWarning, Status::fail)}, kExamined, kMissed, {}).ready);
  CHECK_FALSE(judge({with(kWarning, Status::unknown)}, kExamined, kMissed, {"LNX-13"}).ready);
}

TEST_CASE("Verdict: no operating system, and the check that says so is skipped") {
  const auto verdict =
      judge({with(kBlocker, Status::skipped), with(kWarning, Status::pass)}, kExamined, {}, {}, true);
  CHECK_FALSE(verdict.ready);
  CHECK(verdict.line() == "NOT READY: no operating system was recognised; skipped: LNX-03");
}

TEST_CASE("heading: a headline for the bad case, one for the good case, and whether") {
  const auto said = [](Outcome outcome) { return heading({&kNamed, std::move(outcome), Severity::blocker}); };
  Outcome skipped;
  skipped.status = Status::skipped;
  CHECK(said(fail({}, "r")) == "boot NIC is not identified");
  CHECK(said(pass()) == "boot NIC is identified");
  CHECK(said(unknown("w", "n")) == "whether boot NIC is identified");
  CHECK(said(not_applicable("w")) == "whether boot NIC is identified");
  CHECK(said(skipped) == "whether boot NIC is identified");
}

TEST_CASE("all_checks: a headline for the bad case and one for the good case") {
  const std::set<std::string> names{"BIOS", "BitLocker", "CHAP", "LUN",    "Linux",
                                    "MTU",  "UEFI",      "VLAN", "Windows"};
  for (const Check* const one : all_checks()) {
    const Check& check = *one;
    CAPTURE(check.id);
    REQUIRE(check.title != nullptr);
    REQUIRE(check.good != nullptr);
    CHECK(std::string_view(check.title) != check.good);
    for (const std::string_view text : {check.title, check.good}) {
      CAPTURE(text);
      CHECK(text.size() > 10);
      CHECK(text.size() < 80);
      CHECK_FALSE(text.ends_with('.'));
      CHECK(text.find("not so") == std::string_view::npos);
      const std::string first(text.substr(0, text.find(' ')));
      CHECK((names.contains(first) || (first[0] >= 'a' && first[0] <= 'z')));
    }
    CHECK_FALSE(std::string_view(check.good).starts_with("no "));  // it is read after "whether"
  }
}

TEST_CASE("all_checks: families in order, ids once, texts complete") {
  std::set<std::string> ids;
  std::vector<std::string> families;
  std::string last;
  for (const Check* const one : all_checks()) {
    const Check& check = *one;
    CAPTURE(check.id);
    CHECK(ids.insert(check.id).second);
    CHECK((check.evaluate != nullptr) == (check.scope != Scope::people));
    CHECK((check.to_do != nullptr) == is_to_do(check));
    const std::string id = check.id, family = id.substr(0, id.find('-'));
    if (families.empty() || families.back() != family)
      families.push_back(family);
    else
      CHECK(last < id);
    last = id;
    CHECK(std::string_view(check.about).ends_with('.'));
  }
  CHECK(families == std::vector<std::string>{"NET", "IBFT", "IPXE", "LNX", "WIN", "TGT", "OPS"});
  CHECK(std::string(all_checks().back()->id) == "OPS-04");
  CHECK(find_check("ops-01") == find_check("OPS-01"));
  CHECK(find_check("OPS-1") == nullptr);
}
