// SPDX-License-Identifier: Apache-2.0
#include "preflight/run.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>

#include "preflight/live_tree.h"
#include "report/preflight/report_text.h"

using namespace san;
using namespace san::report;
using namespace san::preflight;

namespace {

Report examined(const LiveTree& tree, const RunOptions& options = {}) {
  SubjectOptions of;
  of.live = true;
  of.live_root = tree.root();
  Subject subject(of);
  return run(subject, options);
}

struct LocalMachine : LiveTree {
  LocalMachine() {
    disk(kLocalDisk, "8:0", 3).file("/proc/self/mountinfo", "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n");
  }
};

/// Without the steps for people, which the report lists apart.
std::size_t not_applicable(const Report& report, bool is_examined) {
  return static_cast<std::size_t>(std::ranges::count_if(report.results, [&](const Result& result) {
    return result.outcome.status == Status::not_applicable && result.examined == is_examined &&
           !is_to_do(*result.check);
  }));
}

}  // namespace

TEST_CASE("run: not applicable and not examined are two things, and the summary counts both") {
  const Report report = examined(LocalMachine());
  for (const Result& result : report.results) {
    const auto& evidence = result.outcome.evidence;
    const bool says = !evidence.empty() && evidence[0].found.ends_with(" is not examined");
    CHECK_MESSAGE(result.examined != says, result.check->id);
    // The files of a running machine are those of its disk.
    if (result.check->scope == Scope::disk) CHECK_MESSAGE(result.examined, result.check->id);
    if (result.check->scope == Scope::target) CHECK_MESSAGE(!result.examined, result.check->id);
  }
  const std::size_t examined_ones = not_applicable(report, true);
  const std::size_t others = not_applicable(report, false);
  CHECK(examined_ones > 0);
  CHECK(others > 0);
  CHECK(report_text(report, {79, false, false}, false)
            .text()
            .find(fmt::format("{} not applicable, {} in scopes not examined", examined_ones, others)) !=
        std::string::npos);
}

TEST_CASE("run: --only and --skip, by id and by family, in any case") {
  const Report only = examined(LocalMachine(), {{"ops", "lnx-03"}, {"OPS-02"}});
  for (const Result& result : only.results) {
    const std::string id(result.check->id);
    CHECK_MESSAGE((id.starts_with("OPS-") || id == "LNX-03"), id);
    CHECK_MESSAGE((result.outcome.status == Status::skipped) == (id == "OPS-02"), id);
  }
  CHECK(only.results.size() > 2);
}
