// SPDX-License-Identifier: Apache-2.0
// Several destinations that do not keep step.
#include <condition_variable>
#include <thread>

#include "copy/copy_checks.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;

namespace {

/// Closed until somebody opens it.
class Gate {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// Data, with a hole and scattered zeros in it.
Content mixed_disk(std::size_t size) {
  Content content = bootable_disk(size, 7);
  std::fill(content.begin() + size / 2, content.begin() + size / 2 + size / 8, std::byte{0});
  for (std::size_t at = 3 * MiB; at + 2 * MiB < size; at += 2 * MiB)
    std::fill(content.begin() + at, content.begin() + at + 64 * KiB, std::byte{0});
  return content;
}

CopyOptions small(VerifyMode verify) {
  CopyOptions options;
  options.block = 256 * KiB;
  options.memory = 4 * MiB;
  options.verify = verify;
  return options;
}

struct Bench {
  Content content = mixed_disk(40 * MiB);
  std::shared_ptr<MemoryDevice> source = disk_of(content);
  std::shared_ptr<MemoryDevice> fast_disk = disk_of(Content(40 * MiB), "fast");
  std::shared_ptr<MemoryDevice> slow_disk = disk_of(Content(40 * MiB), "slow");
  Gate gate;
  std::atomic<std::uint64_t> fast_bytes{0};
  StrictDevice fast{fast_disk, 2}, slow{slow_disk, 2};

  /// The slow one takes no write behind the head before the fast one is complete, head and all.
  Bench() {
    fast.set_hook([this](const StrictDevice::Request& request) {
      if (request.op == StrictDevice::Op::write) fast_bytes += request.length;
      if (request.op == StrictDevice::Op::flush && bootable(fast_disk->bytes())) gate.open();
    });
    slow.set_worker_hook([this](const StrictDevice::Request& request) {
      const bool change = request.op == StrictDevice::Op::write || request.op == StrictDevice::Op::zero;
      if (change && request.offset >= kHead) gate.pass();
    });
  }
};

}  // namespace

TEST_CASE("a destination that hangs does not hold up the others, and gets the rest when it is back") {
  for (const VerifyMode verify : {VerifyMode::none, VerifyMode::full})
    for (const bool slow_first : {false, true}) {
      CAPTURE(slow_first);
      Bench bench;
      std::vector<Device*> to = {&bench.fast, &bench.slow};
      if (slow_first) std::swap(to[0], to[1]);
      const CopyResult result = run_copy(bench.source.get(), to, small(verify));
      for (const DestinationResult& one : result.destinations) {
        CAPTURE(one.name);
        CHECK(!one.error);
        CHECK(one.mismatches.empty());
        if (verify == VerifyMode::full) CHECK(one.verified == bench.content.size());
      }
      CHECK(bytes_of(bench.fast_disk->bytes()) == bench.content);
      CHECK(bytes_of(bench.slow_disk->bytes()) == bench.content);
      CHECK(result.hash == hash128(bench.content));
      CHECK(result.total == bench.content.size());
      CHECK(result.data + result.zero == bench.content.size());
      CHECK(bench.fast.sins() == "");
      CHECK(bench.slow.sins() == "");
    }
}

TEST_CASE("a destination whose flush takes long holds up nobody") {
  Bench bench;
  std::atomic<int> flushes{0};
  // There is no old boot region to be hidden, so the first flush is that of the data: it waits until the
  // other destination is complete.
  bench.slow.set_worker_hook([&](const StrictDevice::Request& request) {
    if (request.op == StrictDevice::Op::flush && ++flushes == 1) bench.gate.pass();
  });
  const CopyResult result = run_copy(bench.source.get(), {&bench.slow, &bench.fast}, small(VerifyMode::full));
  for (const DestinationResult& one : result.destinations) CHECK(!one.error);
  CHECK(flushes > 1);
  CHECK(bytes_of(bench.fast_disk->bytes()) == bench.content);
  CHECK(bytes_of(bench.slow_disk->bytes()) == bench.content);
}

TEST_CASE("two slow ones are left out at different places") {
  Bench bench;
  const auto third_disk = disk_of(Content(40 * MiB), "third");
  StrictDevice third(third_disk, 1);
  std::atomic<int> writes{0};
  third.set_worker_hook([&](const StrictDevice::Request& request) {
    if (request.op == StrictDevice::Op::write && request.offset >= kHead && ++writes > 20) bench.gate.pass();
  });
  const CopyResult result =
      run_copy(bench.source.get(), {&bench.slow, &bench.fast, &third}, small(VerifyMode::none));
  for (const DestinationResult& one : result.destinations) CHECK(!one.error);
  CHECK(bytes_of(bench.fast_disk->bytes()) == bench.content);
  CHECK(bytes_of(bench.slow_disk->bytes()) == bench.content);
  CHECK(bytes_of(third_disk->bytes()) == bench.content);
}

TEST_CASE("one that was slow for a moment does not wait for one that hangs") {
  Bench bench;
  const auto third_disk = disk_of(Content(40 * MiB), "third");
  StrictDevice third(third_disk, 1);
  std::atomic<int> writes{0};
  bench.fast.set_worker_hook([&](const StrictDevice::Request& request) {
    if (request.op == StrictDevice::Op::write && request.offset >= kHead && ++writes == 20)
      std::this_thread::sleep_for(std::chrono::seconds(1));
  });
  run_copy(bench.source.get(), {&bench.slow, &bench.fast, &third}, small(VerifyMode::none));
  CHECK(bytes_of(bench.fast_disk->bytes()) == bench.content);
  CHECK(bytes_of(bench.slow_disk->bytes()) == bench.content);
  CHECK(bytes_of(third_disk->bytes()) == bench.content);
}

TEST_CASE("the source cannot be read again for the slow one: the fast one is complete all the same") {
  Bench bench;
  FaultDevice source(bench.source);
  // Every block is read once; what is read a second time fails.
  source.add({FaultDevice::Op::read,
              FaultDevice::Fail{Error(Exit::failed, "source", "read failed", "look at the disk")}, 20 * MiB,
              MiB, 4});
  const CopyResult result = run_copy(&source, {&bench.fast, &bench.slow}, small(VerifyMode::none));
  CHECK(!result.destinations[0].error);
  CHECK(bytes_of(bench.fast_disk->bytes()) == bench.content);
  REQUIRE(result.destinations[1].error);
  CHECK(result.destinations[1].error->cause() == "read failed");
  CHECK(!bootable(bench.slow_disk->bytes()));
}

TEST_CASE("destinations that keep step are never left out") {
  const Content content = mixed_disk(24 * MiB);
  const auto source_disk = disk_of(content);
  StrictDevice source(source_disk);
  std::atomic<std::uint64_t> read{0};
  source.set_hook([&](const StrictDevice::Request& request) {
    if (request.op == StrictDevice::Op::read) read += request.length;
  });
  const auto one = disk_of(Content(24 * MiB), "one"), two = disk_of(Content(24 * MiB), "two");
  StrictDevice first(one, 1), second(two, 1);
  run_copy(&source, {&first, &second}, small(VerifyMode::none));
  CHECK(bytes_of(one->bytes()) == content);
  CHECK(bytes_of(two->bytes()) == content);
  CHECK(read <= content.size());
}

TEST_CASE("a source that changed is no clone, even while the slow one reads what it skipped in vain") {
  Bench bench;
  FaultDevice source(bench.source);
  source.add({FaultDevice::Op::read, FaultDevice::Fail{Error(Exit::failed, "source", "read failed")},
              20 * MiB, MiB, 4});
  CopyOptions options = small(VerifyMode::none);
  int asked = 0;
  options.source_check = [&] {
    // As long as the read that fails may take.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (asked++ == 0) {
      bench.gate.open();
      throw Error(Exit::no, "source", "changed while it was copied");
    }
  };
  CHECK_THROWS_WITH_AS(run_copy(&source, {&bench.fast, &bench.slow}, options),
                       "source: changed while it was copied", Error);
  CHECK(!bootable(bench.fast_disk->bytes()));
  CHECK(!bootable(bench.slow_disk->bytes()));
}
