// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_IMPLEMENT
#include "need.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

namespace {

bool none_ran = false;

/// Ends a test case that hangs: doctest names the one that aborted. Notices filters that leave no test case.
class TimeLimit final : public doctest::IReporter {
 public:
  explicit TimeLimit(const doctest::ContextOptions&) {
    std::signal(SIGALRM, [](int) { std::abort(); });
  }
  void test_case_start(const doctest::TestCaseData&) override { alarm(kSeconds); }
  void test_case_end(const doctest::CurrentTestCaseStats&) override { alarm(0); }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    none_ran = stats.numTestCasesPassingFilters == 0;
  }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  static constexpr unsigned kSeconds =
      600;  // some take half a minute, with sanitizers and nothing beside them
};

}  // namespace

REGISTER_LISTENER("time-limit", 1, TimeLimit);

namespace {

std::set<std::string>& missing() {
  static std::set<std::string> names;
  return names;
}

}  // namespace

bool is_here(bool available, const char* what) {
  if (!available) missing().insert(what);
  return available;
}

int main(int argc, char** argv) {
  const int result = doctest::Context(argc, argv).run();
  if (none_ran) {
    std::cerr << "no test case has such a name or stands in such a file\n";
    return 1;
  }
  if (result != 0 || missing().empty()) return result;
  for (const std::string& what : missing())
    std::cerr << "skipped, in part: there is no " << what << " here\n";
  return 77;
}
