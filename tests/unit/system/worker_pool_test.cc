// SPDX-License-Identifier: Apache-2.0
#include "system/worker_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <set>

using namespace san;

TEST_CASE("one thread runs tasks in their order") {
  std::vector<int> order;
  {
    WorkerPool pool(1);
    for (int i = 0; i < 1000; ++i) pool.submit([&order, i] { order.push_back(i); });
  }
  REQUIRE(order.size() == 1000);
  for (int i = 0; i < 1000; ++i) REQUIRE(order[i] == i);
}

TEST_CASE("several threads run at once") {
  std::barrier all(4);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  {
    WorkerPool pool(4);
    for (int i = 0; i < 4; ++i)
      pool.submit([&] {
        all.arrive_and_wait();  // Waits forever unless four tasks run at the same time.
        const std::scoped_lock lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
  }
  CHECK(threads.size() == 4);
  CHECK_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST_CASE("everything submitted is run before the pool ends, what tasks submit too") {
  std::atomic<int> count{0};
  {
    WorkerPool pool(3);
    for (int i = 0; i < 100; ++i)
      pool.submit([&] {
        ++count;
        pool.submit([&] { ++count; });
      });
  }
  CHECK(count == 200);
}

TEST_CASE("many submitters lose nothing") {
  std::atomic<int> count{0};
  {
    WorkerPool pool(2);
    std::vector<std::thread> submitters;
    for (int t = 0; t < 4; ++t)
      submitters.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) pool.submit([&] { ++count; });
      });
    for (auto& thread : submitters) thread.join();
  }
  CHECK(count == 4000);
}

TEST_CASE("a pool of no threads has one, and lets go of what tasks held") {
  const auto held = std::make_shared<int>(1);
  {
    WorkerPool pool(0);
    pool.submit([held] {});
  }
  CHECK(held.use_count() == 1);
}
