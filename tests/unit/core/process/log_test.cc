// SPDX-License-Identifier: Apache-2.0
#include "core/process/log.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/stderr_capture.h"

using namespace san;

namespace {

struct LevelGuard {
  log::Level before = log::level();
  ~LevelGuard() {
    log::set_level(before);
    log::set_sink({});
    log::set_terminal_hook({}, {});
    log::set_program("sanboot");
  }
};

}  // namespace

TEST_CASE("only wanted levels are printed") {
  const LevelGuard guard;
  std::vector<std::string> seen;
  log::set_sink([&](log::Level, std::string_view text) { seen.emplace_back(text); });
  CHECK(log::level() == log::Level::warning);
  log::info("not {}", 1);
  log::warning("first {}", 1);
  log::set_level(log::Level::debug);
  log::debug("second");
  log::set_level(log::Level::error);
  log::warning("not");
  log::message(log::Level::error, "third {}");
  CHECK(seen == std::vector<std::string>{"first 1", "second", "third {}"});
}

TEST_CASE("messages carry the program's name, warnings say so") {
  const LevelGuard guard;
  StderrCapture capture;
  log::set_program("sanclone");
  log::warning("disk {} is hot", "a");
  log::message(log::Level::error, "broken");
  CHECK(capture.text() == "sanclone: warning: disk a is hot\nsanclone: broken\n");
}

TEST_CASE("the terminal hook stands around each line") {
  const LevelGuard guard;
  StderrCapture capture;
  log::set_terminal_hook([] { fputs("<", stderr); }, [] { fputs(">", stderr); });
  log::warning("x");
  log::info("not wanted, so no hook");
  CHECK(capture.text() == "<sanboot: warning: x\n>");
}

TEST_CASE("a stderr that takes nothing does not throw") {
  const LevelGuard guard;
  StderrCapture capture("/dev/full");
  CHECK_NOTHROW(log::warning("nobody sees this"));
}

TEST_CASE("messages of several threads stay whole") {
  const LevelGuard guard;
  StderrCapture capture;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) log::warning("{}", std::string(40, 'x'));
    });
  for (auto& thread : threads) thread.join();
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += "sanboot: warning: " + std::string(40, 'x') + "\n";
  CHECK(capture.text() == expected);
}

TEST_CASE("a message is printable, on one line") {
  const LevelGuard guard;
  StderrCapture capture;
  log::set_program("tool");
  log::message(log::Level::error, "a\x1b[2J\nb\xff\u202e");
  CHECK(capture.text() == "tool: a\\x1b[2J\\x0ab\\xff\\u202e\n");
}
