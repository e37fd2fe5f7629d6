// SPDX-License-Identifier: Apache-2.0
#include "core/process/progress.h"

#include <doctest/doctest.h>

#include <latch>
#include <thread>
#include <vector>

#include "core/process/log.h"
#include "core/stderr_capture.h"
#include "core/units.h"

using namespace san;
using namespace std::chrono_literals;

namespace {

struct Shown {
  std::mutex mutex;
  std::vector<ProgressState> states;
};

/// Keeps what it is shown, for a test that outlives it.
class RecordingSink final : public ProgressSink {
 public:
  RecordingSink(Shown& shown, std::chrono::milliseconds interval) : shown_(shown), interval_(interval) {}
  void show(const ProgressState& state) override {
    const std::scoped_lock lock(shown_.mutex);
    shown_.states.push_back(state);
  }
  std::chrono::milliseconds interval() const override { return interval_; }

 private:
  Shown& shown_;
  std::chrono::milliseconds interval_;
};

ProgressState state(std::uint64_t done, std::optional<std::uint64_t> total, double rate,
                    std::optional<double> eta = {}) {
  ProgressState state;
  state.phase = "copy";
  state.done = done;
  state.total = total;
  state.rate = rate;
  state.eta = eta;
  return state;
}

}  // namespace

TEST_CASE("each phase ends with its own total and rate") {
  Shown shown;
  {
    Progress progress(std::make_unique<RecordingSink>(shown, 1h));
    progress.begin("copy", 4096);
    progress.add(1024);
    progress.add(3072);
    std::this_thread::sleep_for(20ms);
    progress.begin("verify", std::nullopt);
    CHECK(progress.done() == 0);
    progress.add(7);
  }
  REQUIRE(shown.states.size() == 2);
  const ProgressState& copy = shown.states[0];
  CHECK(copy.phase == "copy");
  CHECK(copy.done == 4096);
  CHECK(copy.total == 4096);
  CHECK(copy.finished);
  CHECK_FALSE(copy.eta.has_value());
  CHECK(copy.seconds >= 0.02);
  CHECK(copy.rate == doctest::Approx(4096 / copy.seconds));
  CHECK(shown.states[1].phase == "verify");
  CHECK(shown.states[1].done == 7);
  CHECK_FALSE(shown.states[1].total.has_value());
  CHECK(shown.states[1].finished);
}

TEST_CASE("a running phase is shown with rate and time left") {
  Shown shown;
  {
    Progress progress(std::make_unique<RecordingSink>(shown, 5ms));
    progress.begin("copy", 1000);
    progress.add(250);
    std::this_thread::sleep_for(60ms);
    progress.end();
    progress.end();
  }
  REQUIRE(shown.states.size() >= 2);
  const ProgressState& running = shown.states[shown.states.size() - 2];
  CHECK_FALSE(running.finished);
  CHECK(running.done == 250);
  CHECK(running.rate > 0);
  REQUIRE(running.eta.has_value());
  CHECK(*running.eta == doctest::Approx(750 / running.rate));
  // The phase has ended: nothing is shown any more.
  CHECK(std::count_if(shown.states.begin(), shown.states.end(), [](auto& s) { return s.finished; }) == 1);
}

TEST_CASE("no sink, no phase: nothing happens") {
  Progress progress(nullptr);
  progress.add(5);
  progress.begin("copy", 10);
  progress.add(5);
  CHECK(progress.done() == 5);
  CHECK(make_progress_sink(ProgressMode::none) == nullptr);
}

TEST_CASE("bytes of many threads are all counted") {
  Shown shown;
  Progress progress(std::make_unique<RecordingSink>(shown, 1ms));
  progress.begin("copy", 40000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) progress.add(1);
    });
  for (auto& thread : threads) thread.join();
  CHECK(progress.done() == 40000);
}

TEST_CASE("the bar") {
  const double rate = 412.3 * 1024 * 1024;
  CHECK(
      format_progress_bar(state(12 * GiB, 40 * GiB, rate, 68), 100) ==
      "copy    12.0 GiB of 40.0 GiB [===========>                           ]  30 %  412.3 MiB/s  ETA 1:08");
  CHECK(format_progress_bar(state(0, 40 * GiB, 0), 80) ==
        "copy         0 B of 40.0 GiB [>                                       ]   0 %");
  CHECK(format_progress_bar(state(5 * MiB, std::nullopt, rate), 80) == "copy     5.0 MiB  412.3 MiB/s");
  // Nothing to do is done.
  CHECK(format_progress_bar(state(0, 0, 0), 80).ends_with("100 %"));
  // More than was announced is still only everything.
  CHECK(format_progress_bar(state(9, 3, 0), 80).find("100 %") != std::string::npos);
  CHECK(format_progress_bar(state(~0ULL, 1, 0), 80).find("100 %") != std::string::npos);

  ProgressState finished = state(40 * GiB, 40 * GiB, rate);
  finished.finished = true;
  finished.seconds = 99.3;
  CHECK(format_progress_bar(finished, 100).ends_with("=] 100 %  412.3 MiB/s  in 1:39"));

  ProgressState wide = state(1023 * GiB + 900 * MiB, 1023 * GiB + 900 * MiB, rate);
  wide.phase = "compare";
  CHECK(format_progress_bar(wide, 120).starts_with("compare 1023.9 GiB of 1023.9 GiB "));
}

TEST_CASE("the bar leaves the last column of any terminal free") {
  for (std::size_t columns = 2; columns < 200; ++columns)
    for (const std::uint64_t done : {std::uint64_t{0}, 12 * GiB, 40 * GiB})
      CHECK(format_progress_bar(state(done, 40 * GiB, 1e9, 3725), columns).size() < columns);
}

TEST_CASE("JSON lines") {
  CHECK(format_progress_json(state(12, 40, 7.9, 3.5)) ==
        R"({"phase":"copy","done":12,"total":40,"rate":7,"eta":3,"seconds":0.0,"finished":false})");
  CHECK(format_progress_json(state(12, std::nullopt, 0)) ==
        R"({"phase":"copy","done":12,"total":null,"rate":0,"eta":null,"seconds":0.0,"finished":false})");
  // Hardly any rate: a time beyond all integers.
  CHECK(format_progress_json(state(1, ~0ULL, 1e-9, 1.8e28)).find("\"eta\":9007199254740992,") !=
        std::string::npos);
}

TEST_CASE("a message clears the bar and draws it again") {
  StderrCapture capture;
  {
    const auto sink = make_progress_sink(ProgressMode::bar);
    sink->show(state(1 * MiB, 2 * MiB, 0));
    log::warning("hot");
    ProgressState last = state(2 * MiB, 2 * MiB, 0);
    last.finished = true;
    sink->show(last);
    log::warning("later");
  }
  const std::string text = capture.text();
  CHECK(text.find("\r\x1b[Ksanboot: warning: hot\ncopy ") != std::string::npos);
  CHECK(text.ends_with("\nsanboot: warning: later\n"));
}

TEST_CASE("bar and messages of several threads never mix within a line") {
  StderrCapture capture;
  {
    const std::shared_ptr<ProgressSink> sink = make_progress_sink(ProgressMode::bar);
    std::latch both(2);
    std::thread logger([&] {
      both.arrive_and_wait();
      for (int i = 0; i < 3000; ++i) log::warning("hot");
    });
    both.arrive_and_wait();
    for (int i = 0; i < 3000; ++i) sink->show(state(1 * MiB, 2 * MiB, 0));
    logger.join();
  }
  const std::string text = capture.text();
  std::size_t messages = 0;
  for (std::size_t at = text.find("sanboot: "); at != std::string::npos;
       at = text.find("sanboot: ", at + 1)) {
    ++messages;
    const bool clean = at == 0 || text[at - 1] == '\n' || text.substr(at - 3, 3) == "\x1b[K";
    CHECK(clean);
    CHECK(text.substr(at, 22) == "sanboot: warning: hot\n");
  }
  CHECK(messages == 3000);
}

TEST_CASE("a stderr that takes nothing ends no clone") {
  StderrCapture capture("/dev/full");
  const auto bar = make_progress_sink(ProgressMode::bar);
  CHECK_NOTHROW(bar->show(state(1, 2, 0)));
  const auto json = make_progress_sink(ProgressMode::json);
  CHECK_NOTHROW(json->show(state(1, 2, 0)));
}
