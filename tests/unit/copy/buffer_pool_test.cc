// SPDX-License-Identifier: Apache-2.0
#include "copy/buffer_pool.h"

#include <atomic>
#include <cstring>
#include <set>
#include <thread>

#include "copy/copy_checks.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;

TEST_CASE("buffers are aligned for O_DIRECT, distinct and whole") {
  BufferPool pool(3 * 4096, 5);
  CHECK(pool.size() == 3 * 4096);
  CHECK(pool.count() == 5);
  std::set<std::byte*> seen;
  std::vector<std::shared_ptr<std::byte>> held;
  for (int i = 0; i < 5; ++i) {
    held.push_back(pool.acquire(0ms));
    REQUIRE(held.back());
    CHECK(reinterpret_cast<std::uintptr_t>(held.back().get()) % 4096 == 0);
    std::memset(held.back().get(), i, pool.size());
    seen.insert(held.back().get());
  }
  CHECK(seen.size() == 5);
  CHECK(pool.in_use() == 5);
}

TEST_CASE("there are no more than the bound, and they come back with the last owner") {
  BufferPool pool(4096, 2);
  auto one = pool.acquire(0ms), two = pool.acquire(0ms);
  const auto started = std::chrono::steady_clock::now();
  CHECK(!pool.acquire(20ms));
  CHECK(std::chrono::steady_clock::now() - started >= 20ms);
  auto second_owner = one;
  const std::byte* address = one.get();
  one.reset();
  CHECK(!pool.acquire(0ms));
  CHECK(pool.in_use() == 2);
  second_owner.reset();
  CHECK(pool.in_use() == 1);
  CHECK(pool.acquire(0ms).get() == address);
}

TEST_CASE("whoever waits gets the buffer that comes back") {
  BufferPool pool(4096, 1);
  auto held = pool.acquire(0ms);
  std::atomic<bool> got{false};
  std::thread waiter([&] { got = pool.acquire(60s) != nullptr; });
  std::this_thread::sleep_for(5ms);
  CHECK(!got);
  held.reset();
  waiter.join();
  CHECK(got);
}

TEST_CASE("threads share a few buffers and none is given twice") {
  BufferPool pool(4096, 3);
  std::atomic<int> clashes{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const auto buffer = pool.acquire(60s);
        if (!buffer) {
          ++clashes;
          continue;
        }
        std::memset(buffer.get(), t, 64);
        for (int at = 0; at < 64; ++at) clashes += buffer.get()[at] != std::byte(t);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(clashes == 0);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("it may go as soon as all buffers are back") {
  for (int i = 0; i < 200; ++i) {
    auto pool = std::make_unique<BufferPool>(4096, 2);
    std::thread user([buffer = pool->acquire(0ms)]() mutable { buffer.reset(); });
    while (pool->in_use() > 0) std::this_thread::yield();
    pool.reset();
    user.join();
  }
}
