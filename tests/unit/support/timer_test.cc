// SPDX-License-Identifier: Apache-2.0
#include "devices/timer.h"

#include <doctest/doctest.h>

#include <future>
#include <vector>

using namespace san;
using namespace std::chrono_literals;

TEST_CASE("tasks run after their time, the earliest first") {
  const auto began = std::chrono::steady_clock::now();
  std::vector<int> order;
  std::promise<void> last;
  Timer timer;
  timer.after(60ms, [&] {
    order.push_back(3);
    last.set_value();
  });
  timer.after(20ms, [&] { order.push_back(1); });
  timer.after(40ms, [&] { order.push_back(2); });
  last.get_future().wait();
  CHECK(std::chrono::steady_clock::now() - began >= 60ms);
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("what is still waiting runs at the end, at once, what it adds too") {
  const auto began = std::chrono::steady_clock::now();
  std::vector<int> order;
  {
    Timer timer;
    timer.after(1h, [&] {
      order.push_back(1);
      timer.after(1h, [&] { order.push_back(2); });
    });
  }
  CHECK(order == std::vector<int>{1, 2});
  CHECK(std::chrono::steady_clock::now() - began < 10min);
}
