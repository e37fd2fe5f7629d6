// SPDX-License-Identifier: Apache-2.0
#include "devices/fault_device.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "block/device_checks.h"
#include "core/units.h"
#include "devices/memory_device.h"

using namespace san;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;

namespace {

struct Pair {
  std::shared_ptr<MemoryDevice> memory = std::make_shared<MemoryDevice>("disk", MiB, std::byte{0x11});
  FaultDevice device{memory};
};

const FaultDevice::Fail kBroken{Error(Exit::failed, "disk", "broke")};

std::string cause_of(const std::optional<Error>& error) {
  return error ? error->cause() : "";
}

}  // namespace

TEST_CASE("without rules everything goes through") {
  Pair pair;
  CHECK(pair.device.name() == "disk");
  CHECK(pair.device.size() == MiB);
  CHECK(pair.device.limits().queue_depth == pair.memory->limits().queue_depth);
  check_against_model(pair.device, std::vector<std::byte>(MiB, std::byte{0x11}), 3, 200);
  check_refuses_bad_ranges(pair.device);
  pair.memory->set_extents({{0, MiB, Extent::Kind::data}});
  CHECK(pair.device.extents(0, 512) == std::vector<Extent>{{0, 512, Extent::Kind::data}});
}

TEST_CASE("requests are counted and listed in their order") {
  Pair pair;
  write_wait(pair.device, 4096, std::vector<std::byte>(512));
  zero_wait(pair.device, 0, 1024);
  unmap_wait(pair.device, 8192, 512);
  read_bytes(pair.device, 0, 512);
  read_bytes(pair.device, 512, 512);
  flush_wait(pair.device);
  CHECK(pair.device.count(Op::read) == 2);
  CHECK(pair.device.count(Op::write) == 1);
  CHECK(pair.device.count(Op::zero) == 1);
  CHECK(pair.device.count(Op::unmap) == 1);
  CHECK(pair.device.count(Op::flush) == 1);
  CHECK(pair.device.requests() == std::vector<FaultDevice::Request>{{Op::write, 4096, 512},
                                                                    {Op::zero, 0, 1024},
                                                                    {Op::unmap, 8192, 512},
                                                                    {Op::read, 0, 512},
                                                                    {Op::read, 512, 512},
                                                                    {Op::flush, 0, 0}});
}

TEST_CASE("failures hit their kind, their range and their turns") {
  Pair pair;
  pair.device.add(
      {.op = Op::write, .effect = kBroken, .offset = 4096, .length = 4096, .skip = 1, .count = 2});
  const std::vector<std::byte> data(1024, std::byte{0x22});
  const auto write = [&](std::uint64_t offset) {
    return cause_of(error_of([&] { write_wait(pair.device, offset, data); }));
  };
  CHECK(write(0) == "");
  CHECK(write(4096 - 1024) == "");  // ends before the range
  CHECK(write(8192) == "");         // begins behind it
  CHECK(write(4096 - 512) == "");   // touches it: skipped
  CHECK_NOTHROW(read_bytes(pair.device, 4096, 512));
  CHECK(write(4096 - 512) == "broke");
  CHECK(write(8192 - 512) == "broke");
  CHECK(write(4096) == "");  // used up
  CHECK(pair.device.count(Op::write) == 7);
  // What failed did not arrive.
  CHECK(pair.memory->bytes()[8192 - 512] == std::byte{0x11});
}

TEST_CASE("each kind of request can fail, and clear() mends the device") {
  Pair pair;
  for (const Op op : {Op::read, Op::write, Op::zero, Op::unmap, Op::flush})
    pair.device.add({.op = op, .effect = kBroken, .offset = 0, .length = 512});
  std::vector<std::byte> block(512);
  CHECK(error_of([&] { read_wait(pair.device, 0, block); }).has_value());
  CHECK(error_of([&] { write_wait(pair.device, 0, block); }).has_value());
  CHECK(error_of([&] { zero_wait(pair.device, 0, 512); }).has_value());
  CHECK(error_of([&] { unmap_wait(pair.device, 0, 512); }).has_value());
  CHECK(error_of([&] { flush_wait(pair.device); }).has_value());
  pair.device.clear();
  CHECK_NOTHROW(read_wait(pair.device, 0, block));
  CHECK_NOTHROW(flush_wait(pair.device));
}

TEST_CASE("a short read fills half and fails") {
  Pair pair;
  pair.device.add({.op = Op::read, .effect = FaultDevice::ShortRead{}, .count = 1});
  std::vector<std::byte> bytes(3072);
  const auto error = error_of([&] { read_wait(pair.device, 512, bytes); });
  CHECK(cause_of(error) == "only 1.5 KiB of 3.0 KiB at 512 B (bytes 512 to 3583) could be read");
  CHECK(bytes[1535] == std::byte{0x11});
  CHECK(bytes[1536] == std::byte{0});
  CHECK_NOTHROW(read_wait(pair.device, 512, bytes));
}

TEST_CASE("a bit flips on its way down or up") {
  Pair pair;
  std::vector<std::byte> data(1024, std::byte{0x40});
  SUBCASE("in a write, without touching the caller's buffer") {
    pair.device.add({.op = Op::write, .effect = FaultDevice::Corrupt{4096 + 700, std::byte{0x80}}});
    write_wait(pair.device, 4096, data);
    CHECK(data[700] == std::byte{0x40});
    CHECK(pair.memory->bytes()[4096 + 700] == std::byte{0xC0});
    CHECK(pair.memory->bytes()[4096 + 699] == std::byte{0x40});
    write_wait(pair.device, 8192, data);
    CHECK(pair.memory->bytes()[8192 + 700] == std::byte{0x40});
  }
  SUBCASE("in a read, without touching the disk") {
    pair.device.add({.op = Op::read, .effect = FaultDevice::Corrupt{600}, .count = 1});
    CHECK(read_bytes(pair.device, 0, 1024)[600] == std::byte{0x10});
    CHECK(read_bytes(pair.device, 0, 1024)[600] == std::byte{0x11});
  }
}

TEST_CASE("an ignored request succeeds and does nothing") {
  Pair pair;
  pair.device.add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
  unmap_wait(pair.device, 0, MiB);
  CHECK(pair.memory->bytes()[0] == std::byte{0x11});
  zero_wait(pair.device, 0, 512);
  CHECK(pair.memory->bytes()[0] == std::byte{0});
}

TEST_CASE("a delayed request completes later, from another thread, and may fail then") {
  Pair pair;
  pair.device.add({.op = Op::write, .effect = FaultDevice::Delay{20ms}, .count = 2});
  pair.device.add({.op = Op::write, .effect = FaultDevice::Delay{20ms}, .skip = 1, .count = 1});
  pair.device.add({.op = Op::write, .effect = kBroken, .skip = 1, .count = 1});
  const std::vector<std::byte> data(512, std::byte{0x22});
  const auto timed_write = [&](std::uint64_t offset) {
    std::promise<std::thread::id> promise;
    bool failed = false;
    const auto began = std::chrono::steady_clock::now();
    pair.device.write(offset, data, [&](const Error* error) {
      failed = error != nullptr;
      promise.set_value(std::this_thread::get_id());
    });
    const bool elsewhere = promise.get_future().get() != std::this_thread::get_id();
    return std::tuple(std::chrono::steady_clock::now() - began, elsewhere, failed);
  };
  const auto [first, first_elsewhere, first_failed] = timed_write(0);
  CHECK(first >= 20ms);
  CHECK(first_elsewhere);
  CHECK_FALSE(first_failed);
  CHECK(pair.memory->bytes()[0] == std::byte{0x22});
  const auto [second, second_elsewhere, second_failed] = timed_write(512);
  CHECK(second >= 40ms);
  CHECK(second_failed);
  CHECK(pair.memory->bytes()[512] == std::byte{0x11});
  CHECK_FALSE(std::get<1>(timed_write(1024)));
}

TEST_CASE("a request that hangs is let go with the device") {
  const auto memory = std::make_shared<MemoryDevice>("disk", MiB);
  std::atomic<int> completed{0};
  std::vector<std::byte> block(512, std::byte{1});
  {
    FaultDevice device(memory);
    device.add({.op = Op::write, .effect = FaultDevice::Delay{1h}});
    device.write(0, block, [&](const Error*) { ++completed; });
    CHECK(completed == 0);
  }
  CHECK(completed == 1);
  CHECK(memory->bytes()[0] == std::byte{1});
}

TEST_CASE("a device smaller than it says fails beyond its end") {
  Pair pair;
  pair.device.limit(MiB / 2);
  CHECK(pair.device.size() == MiB);
  CHECK_NOTHROW(read_bytes(pair.device, MiB / 2 - 512, 512));
  const auto error = error_of([&] { read_bytes(pair.device, MiB / 2 - 512, 1024); });
  CHECK(contains(cause_of(error), "past the end of the device"));
  CHECK(error_of([&] { zero_wait(pair.device, MiB - 512, 512); }).has_value());
  CHECK_NOTHROW(flush_wait(pair.device));
}

TEST_CASE("effects that a kind of request cannot have are refused") {
  Pair pair;
  for (const Op op : {Op::write, Op::zero, Op::unmap, Op::flush})
    CHECK(error_of([&] { pair.device.add({.op = op, .effect = FaultDevice::ShortRead{}}); }).has_value());
  for (const Op op : {Op::zero, Op::unmap, Op::flush})
    CHECK(error_of([&] { pair.device.add({.op = op, .effect = FaultDevice::Corrupt{}}); }).has_value());
}

TEST_CASE("many threads, some delays, some failures: each request completes once") {
  Pair pair;
  pair.device.add({.op = Op::write, .effect = FaultDevice::Delay{1ms}, .offset = 0, .length = 64 * KiB});
  pair.device.add({.op = Op::write, .effect = kBroken, .skip = 10, .count = 100});
  std::atomic<int> good{0}, bad{0};
  const std::vector<std::byte> data(512);
  {
    FaultDevice& device = pair.device;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (unsigned i = 0; i < 250; ++i)
          device.write((t * 250 + i) * 512, data,
                       [&](const Error* error) { ++(error == nullptr ? good : bad); });
      });
    for (auto& thread : threads) thread.join();
    while (good + bad < 1000) std::this_thread::sleep_for(1ms);
  }
  CHECK(good == 900);
  CHECK(bad == 100);
  CHECK(pair.device.count(Op::write) == 1000);
}
