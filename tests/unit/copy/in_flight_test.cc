// SPDX-License-Identifier: Apache-2.0
#include "copy/in_flight.h"

#include <doctest/doctest.h>

#include <thread>

#include "copy/buffered_reads.h"
#include "devices/fault_device.h"
#include "devices/memory_device.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;

TEST_CASE("a request counts until its ticket ends, wherever that was moved") {
  InFlight requests;
  auto one = requests.begin();
  {
    const auto moved = std::move(one);
    const auto other = requests.begin();
    CHECK(requests.count() == 2);
    CHECK(!requests.wait(0ms, 1));
    CHECK(requests.wait(0ms, 2));
  }
  CHECK(requests.count() == 0);
  one.end();  // has been moved: nothing more ends
  CHECK(requests.count() == 0);
  auto last = requests.begin();
  last.end();
  last.end();
  CHECK(requests.count() == 0);
}

TEST_CASE("who waits wakes up at the end of the last request, and who waits for changes at each") {
  ChangeSignal signal;
  InFlight requests(&signal);
  auto first = requests.begin(), second = requests.begin();
  const std::uint64_t seen = signal.changes();
  std::thread other([&] {
    first.end();
    second.end();
  });
  requests.drain();
  other.join();
  CHECK(signal.changes() == seen + 2);
}

TEST_CASE("the first error is kept") {
  ChangeSignal signal;
  InFlight requests(&signal);
  CHECK(!requests.failed());
  CHECK(!requests.error());
  requests.fail(Error(Exit::failed, "disk", "broke"));
  requests.fail(Error(Exit::failed, "disk", "broke again"));
  CHECK(requests.failed());
  CHECK(requests.error()->cause() == "broke");
  CHECK(signal.changes() == 2);
  requests.forgive();
  CHECK(!requests.failed());
}

TEST_CASE("a wait ends with its condition, and calls its check before each pause") {
  ChangeSignal signal;
  int left = 3, checks = 0;
  signal.wait_until([&] { return left == 0; },
                    [&] {
                      ++checks;
                      --left;
                      signal.notify();
                    });
  CHECK(checks == 3);
  struct Enough {};
  CHECK_THROWS_AS(signal.wait_until([] { return false; }, [] { throw Enough(); }), Enough);
}

TEST_CASE("reads wait for a buffer, and give up when they are told to") {
  const auto memory = std::make_shared<MemoryDevice>("disk", 64 * KiB, std::byte{7});
  FaultDevice disk(memory);
  disk.add({FaultDevice::Op::read, FaultDevice::Fail{Error(Exit::failed, "disk", "broke")}, 8192, 4096});
  {
    std::atomic<int> good{0}, bad{0};
    BufferedReads reads(*memory, 4096, 1, nullptr), broken(disk, 4096, 1, nullptr);
    const auto count = [&](std::span<const std::byte> bytes, const Error* error) {
      ++(error == nullptr && bytes.size() == 4096 && bytes[0] == std::byte{7} ? good : bad);
    };
    for (std::uint64_t at = 0; at < 16384; at += 4096)
      CHECK(reads.read(
          {at, 4096}, [] { return true; }, count));
    CHECK(reads.in_flight().wait(60s));
    CHECK(good == 4);
    CHECK(broken.read(
        {8192, 4096}, [] { return true; }, count));
    CHECK(broken.in_flight().wait(60s));
    CHECK(bad == 1);
    CHECK(broken.in_flight().error()->cause() == "broke");
    CHECK(!broken.read(
        {4096, 4096}, [] { return false; }, count));
    CHECK(good + bad == 5);
  }
}
