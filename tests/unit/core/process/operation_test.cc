// SPDX-License-Identifier: Apache-2.0
#include "core/process/operation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "core/process/interrupt.h"

using namespace san;

TEST_CASE("a stop reaches the threads of its operation, and no others") {
  std::stop_source stop;
  const auto stopped = std::make_shared<const Operation>(stop.get_token(), log::Sink());
  const auto other = std::make_shared<const Operation>(std::stop_token(), log::Sink());
  stop.request_stop();
  CHECK_FALSE(Interrupt::requested());
  bool inside = false, in_thread = false, of_other = true;
  {
    const Operation::Scope scope(stopped);
    inside = Interrupt::requested();
    try {
      Interrupt::check("clone");
      FAIL("no stop");
    } catch (const Error& error) {
      CHECK(error.code() == Exit::interrupted);
    }
    start_thread([&] { in_thread = Interrupt::requested(); }).join();
    const Operation::Scope within(other);
    start_thread([&] { of_other = Interrupt::requested(); }).join();
  }
  CHECK(inside);
  CHECK(in_thread);
  CHECK_FALSE(of_other);
  CHECK_FALSE(Interrupt::requested());
  CHECK(Operation::current() == nullptr);
}

TEST_CASE("messages go to the operation") {
  std::vector<std::string> own, process;
  log::set_sink([&](log::Level, std::string_view text) { process.emplace_back(text); });
  {
    const Operation::Scope scope(std::make_shared<const Operation>(
        std::stop_token(), [&](log::Level, std::string_view text) { own.emplace_back(text); }));
    log::warning("{}", 1);
    start_thread([] { log::info("{}", 2); }).join();
    log::message(log::Level::debug, "3");
    const Operation::Scope silent(std::make_shared<const Operation>(std::stop_token(), log::Sink()));
    log::warning("{}", 4);
  }
  log::warning("{}", 5);
  log::set_sink({});
  CHECK(own == std::vector<std::string>{"1", "2"});
  CHECK(process == std::vector<std::string>{"5"});
}
