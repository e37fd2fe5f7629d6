// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/boot_region.h"

#include <atomic>
#include <thread>

#include "block/device_filter.h"
#include "copy/copy_checks.h"
#include "core/units.h"
#include "devices/fault_device.h"

using namespace san;
using namespace san::copy;
using namespace san::partition;
using namespace std::chrono_literals;

namespace {

/// A run of a process on another machine, or on this one.
GuardOptions on(const std::string& host, std::uint32_t pid) {
  GuardOptions options;
  options.writer.host = host;
  options.writer.boot = {1};
  options.writer.pid = pid;
  options.beat = 10ms;
  options.dead = 200ms;
  return options;
}

struct GuardedRun {
  GuardedRun(Device& device, const GuardOptions& options)
      : guard(
            device,
            [this](const Error& error) {
              reason = error.what();
              lost = true;
            },
            options) {}
  std::string reason;
  std::atomic<bool> lost{false};
  BootRegionGuard guard;
};

/// Does something before each write.
class Racing final : public DeviceFilter {
 public:
  Racing(Device& below, std::function<void()> before) : DeviceFilter(below), before_(std::move(before)) {}
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    before_();
    DeviceFilter::write(offset, from, std::move(done));
  }

 private:
  std::function<void()> before_;
};

bool wait_for(const std::atomic<bool>& what) {
  for (int i = 0; i < 200 && !what; ++i) std::this_thread::sleep_for(10ms);
  return what;
}

}  // namespace

TEST_CASE("the head is hidden but for the mark, and what is behind it is left alone") {
  for (const std::uint32_t block : {512U, 4096U}) {
    MemoryDevice device("lun", 4 * MiB, std::byte{0xAA}, block);
    GuardedRun run(device, on("host1", 7));
    CHECK(!run.guard.entered());
    const Token epoch = Token::random();
    run.guard.enter(MiB, epoch);
    CHECK(run.guard.entered());
    const BootRegionContent content = read_boot_region_content(device, MiB);
    CHECK(content.hidden);
    REQUIRE(content.marks.size() == 1);
    CHECK(content.marks[0].epoch == Epoch{epoch, 0});
    CHECK(content.marks[0].writer.host == "host1");
    CHECK(device.bytes()[MiB] == std::byte{0xAA});
    CHECK(all_zero(device.bytes().first(MiB / 2)));
  }
}

TEST_CASE("the mark follows epoch and counter, in order, and beats") {
  MemoryDevice device("lun", 2 * MiB);
  GuardedRun run(device, on("host1", 7));
  const Token first = Token::random(), second = Token::random();
  run.guard.enter(MiB, first);
  Epoch advanced;
  run.guard.advance([&](const Error* error, const Epoch& epoch) {
    CHECK(error == nullptr);
    advanced = epoch;
  });
  CHECK(advanced == Epoch{first, 1});
  run.guard.renew(second);
  const CloneMark before = read_boot_region_content(device, MiB).marks.at(0);
  CHECK(before.epoch == Epoch{second, 1});
  CloneMark now = before;
  for (int i = 0; i < 200 && now.beat == before.beat; ++i) {
    std::this_thread::sleep_for(10ms);
    now = read_boot_region_content(device, MiB).marks.at(0);
  }
  CHECK(now.beat > before.beat);
  CHECK(now.epoch == before.epoch);
  run.guard.leave();
  CHECK(!run.guard.entered());
  CHECK(!run.lost);
}

TEST_CASE("a second run is refused with the name of the first, which goes on") {
  MemoryDevice device("lun", 2 * MiB);
  GuardedRun first(device, on("host1", 7));
  first.guard.enter(MiB, Token::random());
  for (const auto& other : {on("host2", 7), on("host1", 8)}) {
    GuardedRun second(device, other);
    const auto error = error_of([&] { second.guard.enter(MiB, Token::random()); });
    REQUIRE(error);
    CHECK(error->code() == Exit::refused);
    CHECK(
        error->cause().starts_with("another clone is being written to it, by process 7 on host1, since 20"));
    CHECK(!second.guard.entered());
  }
  first.guard.leave();
  CHECK(!first.lost);
}

TEST_CASE("two runs of one process do not take each other's mark for a dead one") {
  MemoryDevice device("lun", 2 * MiB);
  BootRegionGuard first(device, [](const Error&) {});
  first.enter(MiB, Token::random());
  {
    BootRegionGuard second(device, [](const Error&) {});
    CHECK(error_of([&] { second.enter(MiB, Token::random()); }));
  }
  first.leave();
}

TEST_CASE("what a dead run left locks nobody out") {
  MemoryDevice device("lun", 2 * MiB);
  {
    GuardedRun dead(device, on("host1", 7));
    dead.guard.enter(MiB, Token::random());
  }
  {
    BootRegionGuard own(device, [](const Error&) {});
    own.enter(MiB, Token::random());
  }
  // Of this process, and known to be over: nothing is waited for.
  GuardOptions patient;
  patient.dead = 1h;
  BootRegionGuard next(
      device, [](const Error&) {}, patient);
  next.enter(MiB, Token::random());
  CHECK(read_boot_region_content(device, MiB).marks.size() == 1);
  next.leave();
}

TEST_CASE("one that was taken for dead is told so, and so is the other") {
  MemoryDevice device("lun", 2 * MiB);
  auto stopped = on("host1", 7);
  stopped.beat = 1h;
  GuardedRun first(device, stopped);
  first.guard.enter(MiB, Token::random());
  GuardedRun second(device, on("host2", 9));
  second.guard.enter(MiB, Token::random());
  const auto error = error_of([&] { first.guard.leave(); });
  REQUIRE(error);
  CHECK(error->code() == Exit::refused);
  CHECK(wait_for(second.lost));
  CHECK(second.reason.find("process 7 on host1") != std::string::npos);
}

TEST_CASE("a mark that was lost with the target's cache is put back") {
  MemoryDevice device("lun", 2 * MiB);
  GuardedRun run(device, on("host1", 7));
  run.guard.enter(MiB, Token::random());
  std::fill_n(device.bytes().begin(), MiB, std::byte{0});
  for (int i = 0; i < 200 && read_boot_region_content(device, MiB).marks.empty(); ++i)
    std::this_thread::sleep_for(10ms);
  CHECK(read_boot_region_content(device, MiB).marks.size() == 1);
  run.guard.leave();
  CHECK(!run.lost);
}

TEST_CASE("one that gives way puts back what was in the place of its mark") {
  // The mark of a run that lives, as it would stand on this disk.
  MemoryDevice elsewhere("elsewhere", 2 * MiB);
  BootRegionGuard living(elsewhere, [](const Error&) {});
  living.enter(MiB, Token::random());
  const auto mark = write_mark(read_boot_region_content(elsewhere, MiB).marks.at(0), 512);

  MemoryDevice device("lun", 2 * MiB, std::byte{0xAA});
  const Content before(device.bytes().begin(), device.bytes().end());
  // It shows up behind the first look: at the first write.
  const auto passed = std::make_shared<Racing>(device, [&, done = false]() mutable {
    if (!std::exchange(done, true)) std::copy(mark.begin(), mark.end(), device.bytes().begin() + MiB / 2);
  });
  GuardedRun late(*passed, on("host3", 5));
  CHECK(error_of([&] { late.guard.enter(MiB, Token::random()); }));
  std::copy_n(before.begin() + MiB / 2, 512, device.bytes().begin() + MiB / 2);
  CHECK(std::equal(before.begin(), before.end(), device.bytes().begin()));
}

TEST_CASE("of runs that begin at once at most one gets in, whatever the timing") {
  std::atomic<unsigned> entered_at_all{0};
  for (int round = 0; round < 6; ++round) {
    MemoryDevice device("lun", 2 * MiB);
    std::atomic<unsigned> inside{0}, most{0};
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < 5; ++i)
      threads.emplace_back([&, i] {
        auto options = on("host" + std::to_string(i % 2), 100 + i);
        options.dead = 2s;  // so that a busy machine does not make a living run look dead
        GuardedRun run(device, options);
        if (error_of([&] { run.guard.enter(MiB, Token::random()); })) return;
        const unsigned now = ++inside;
        unsigned seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::sleep_for(20ms);
        if (!error_of([&] { run.guard.leave(); })) ++entered_at_all;
        zero_wait(device, 0, MiB);  // the head is written
        --inside;
      });
    for (auto& thread : threads) thread.join();
    CHECK(most <= 1);
  }
  CHECK(entered_at_all > 0);
}

TEST_CASE("a head too small for a mark is only hidden") {
  MemoryDevice device("lun", 512, std::byte{0xAA});
  GuardedRun run(device, on("host1", 7));
  run.guard.enter(512, Token::random());
  CHECK(all_zero(device.bytes()));
  bool told = false;
  run.guard.advance([&](const Error* error, const Epoch&) { told = error == nullptr; });
  CHECK(told);
  run.guard.leave();
}

TEST_CASE("errors of the device are passed on, and end the guard") {
  const auto memory = std::make_shared<MemoryDevice>("lun", 2 * MiB);
  FaultDevice device(memory);
  GuardedRun run(device, on("host1", 7));
  run.guard.enter(MiB, Token::random());
  device.add({.op = FaultDevice::Op::read, .effect = FaultDevice::Fail{Error(Exit::failed, "lun", "broke")}});
  CHECK(wait_for(run.lost));
  CHECK(run.reason == "lun: broke");
}
