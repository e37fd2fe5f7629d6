// SPDX-License-Identifier: Apache-2.0
// Every kind of request fails, at the first, a middle and the last one: nbdcopy once ignored the errors of
// its asynchronous requests and called the copy a success (CVE-2022-0485).
#include <csignal>

#include "block/device_filter.h"
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/strict_device.h"
#include "core/process/interrupt.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;

namespace {

constexpr std::uint64_t kSize = 6 * MiB;

/// A source with data, zeros inside of data and a hole; destinations full of 0xAA that declare unmap to leave
/// zeros.
struct Setting {
  explicit Setting(unsigned threads_) : threads(threads_) {
    content = bootable_disk(kSize);
    std::fill_n(content.begin() + 1536 * KiB, 300 * KiB, std::byte{0});
    std::fill_n(content.begin() + 3 * MiB + 4096, MiB, std::byte{0});
    const auto disk = disk_of(content);
    disk->set_extents({{3 * MiB + 4096, MiB, Extent::Kind::zero}});
    from = std::make_shared<FaultDevice>(disk);
    source = std::make_unique<StrictDevice>(from, threads);
    options.block = 256 * KiB;
    options.verify = VerifyMode::full;
  }

  struct Target {
    std::shared_ptr<MemoryDevice> memory;
    std::shared_ptr<FaultDevice> fault;
    std::unique_ptr<StrictDevice> device;
  };
  Target target(std::string name) const {
    Target one;
    one.memory = std::make_shared<MemoryDevice>(std::move(name), kSize, std::byte{0xAA});
    Limits limits = one.memory->limits();
    limits.unmap_guaranteed = false;
    limits.unmap_granularity = 64 * KiB;
    limits.max_unmap = 256 * KiB;
    limits.max_zero = 128 * KiB;
    limits.max_transfer = 256 * KiB;
    one.memory->set_limits(limits);
    one.fault = std::make_shared<FaultDevice>(one.memory);
    one.device = std::make_unique<StrictDevice>(one.fault, threads);
    return one;
  }

  /// Numbers of the first, a middle and the last request of a kind, as a copy without faults shows.
  std::vector<std::uint64_t> places(Op op, bool at_source) {
    const Target one = target("copy");
    REQUIRE(!run_copy(source.get(), {one.device.get()}, options).destinations[0].error);
    const std::uint64_t count = (at_source ? *from : *one.fault).count(op);
    REQUIRE(count > 0);
    return {0, count / 2, count - 1};
  }

  unsigned threads;
  Content content;
  std::shared_ptr<FaultDevice> from;
  std::unique_ptr<StrictDevice> source;
  CopyOptions options;
};

FaultDevice::Rule broken(Op op, std::uint64_t number, const std::string& name) {
  return {.op = op,
          .effect = FaultDevice::Fail{Error(
              Exit::failed, name, "cannot do it to 1.0 MiB at 400.0 MiB (bytes 419430400 to 420478975)")},
          .skip = number,
          .count = 1};
}

/// Nothing was written to the head, but that it was hidden.
bool untouched(const Setting::Target& target) {
  for (std::size_t at = 0; at < MiB; at += 512) {
    const auto block = target.memory->bytes().subspan(at, 512);
    const bool aa = std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0xAA}; });
    if (!aa && !all_zero(block) && !read_mark(block)) return false;
  }
  return true;
}

bool all_aa_behind_head(const Setting::Target& target) {
  return bytes_of(target.memory->bytes().subspan(MiB)) == Content(kSize - MiB, std::byte{0xAA});
}

/// The destination failed by that error, nothing on it looks bootable, and nothing is under way.
void check_failed(const CopyResult& result, std::size_t index, const Setting::Target& target) {
  const DestinationResult& one = result.destinations.at(index);
  REQUIRE(one.error);
  CHECK(one.error->code() == Exit::failed);
  CHECK(one.error->object() == target.memory->name());
  CHECK(one.error->cause().find("(bytes 419430400 to 420478975)") != std::string::npos);
  CHECK(!bootable(target.memory->bytes()));
  CHECK(target.device->in_flight() == 0);
  CHECK(target.device->sins() == "");
}

void check_complete(const CopyResult& result, std::size_t index, const Setting::Target& target,
                    const Setting& setting) {
  const DestinationResult& one = result.destinations.at(index);
  CHECK(!one.error);
  CHECK(one.mismatches.empty());
  CHECK(one.verified == kSize);
  CHECK(bytes_of(target.memory->bytes()) == setting.content);
  CHECK(target.device->in_flight() == 0);
}

const char* name_of(Op op) {
  const char* names[] = {"read", "write", "zero", "unmap", "flush"};
  return names[static_cast<int>(op)];
}

}  // namespace

TEST_CASE("a write, zero or flush of a destination that fails: it failed, and the other one is complete") {
  for (const unsigned threads : {0U, 3U})
    for (const Op op : {Op::write, Op::zero, Op::flush}) {
      const auto places = Setting(threads).places(op, false);
      for (std::size_t place = 0; place < places.size(); ++place) {
        CAPTURE(threads);
        CAPTURE(name_of(op));
        CAPTURE(place);
        Setting setting(threads);
        const auto bad = setting.target("bad"), good = setting.target("good");
        bad.fault->add(broken(op, places[place], "bad"));
        const CopyResult result =
            run_copy(setting.source.get(), {bad.device.get(), good.device.get()}, setting.options);
        check_failed(result, 0, bad);
        check_complete(result, 1, good, setting);
        CHECK(result.hash == hash128(setting.content));
        // The last write is one of the head itself, and the second of the two flushes comes behind the head.
        if (place == 0 || op == Op::zero || (op == Op::write && place == 1)) CHECK(untouched(bad));
      }
    }
}

TEST_CASE("the only destination fails: the copy ends early") {
  for (const unsigned threads : {0U, 3U}) {
    Setting setting(threads);
    const auto bad = setting.target("bad");
    bad.fault->add(broken(Op::write, 0, "bad"));
    const CopyResult result = run_copy(setting.source.get(), {bad.device.get()}, setting.options);
    check_failed(result, 0, bad);
    CHECK(untouched(bad));
    if (threads == 0) CHECK(setting.from->count(Op::read) < 8);
  }
}

TEST_CASE("an unmap that fails is no failure: zeros are written") {
  for (const unsigned threads : {0U, 3U})
    for (const std::uint64_t number : Setting(threads).places(Op::unmap, false)) {
      Setting setting(threads);
      const auto target = setting.target("copy");
      target.fault->add(broken(Op::unmap, number, "copy"));
      const LogCapture log;
      const CopyResult result = run_copy(setting.source.get(), {target.device.get()}, setting.options);
      check_complete(result, 0, target, setting);
      CHECK(log.warnings().empty());
    }
}

TEST_CASE("a read-back for the proof of an unmap that fails: zeros are written") {
  for (const unsigned threads : {0U, 3U}) {
    Setting without(threads);
    without.options.verify = VerifyMode::none;
    for (const std::uint64_t number : without.places(Op::read, false)) {
      Setting setting(threads);
      setting.options.verify = VerifyMode::none;
      const auto target = setting.target("copy");
      auto rule = broken(Op::read, number / 2, "copy");
      rule.offset = kHead;  // those before are of the head
      target.fault->add(rule);
      const CopyResult result = run_copy(setting.source.get(), {target.device.get()}, setting.options);
      CHECK(!result.destinations[0].error);
      CHECK(bytes_of(target.memory->bytes()) == setting.content);
    }
  }
}

TEST_CASE("a read-back for verification that fails") {
  for (const unsigned threads : {0U, 3U})
    for (const std::uint64_t place : {MiB, 2 * MiB, kSize - 512}) {
      Setting setting(threads);
      const auto bad = setting.target("bad"), good = setting.target("good");
      auto rule = broken(Op::read, 0, "bad");
      rule.offset = place;
      rule.length = 1;
      bad.fault->add(rule);
      const CopyResult result =
          run_copy(setting.source.get(), {bad.device.get(), good.device.get()}, setting.options);
      check_failed(result, 0, bad);
      CHECK(untouched(bad));
      check_complete(result, 1, good, setting);
    }
}

TEST_CASE("a read-back of the head that fails") {
  for (const unsigned threads : {0U, 3U}) {
    Setting setting(threads);
    const auto bad = setting.target("bad");
    auto rule = broken(Op::read, 1, "bad");  // the first one looks for an old head
    rule.offset = 4096;
    rule.length = 1;
    bad.fault->add(rule);
    check_failed(run_copy(setting.source.get(), {bad.device.get()}, setting.options), 0, bad);
  }
}

TEST_CASE("the old head cannot be read: nothing is written") {
  Setting setting(3);
  const auto bad = setting.target("bad");
  bad.fault->add(broken(Op::read, 0, "bad"));
  check_failed(run_copy(setting.source.get(), {bad.device.get()}, setting.options), 0, bad);
  CHECK(bytes_of(bad.memory->bytes()) == Content(kSize, std::byte{0xAA}));
}

TEST_CASE("hiding an old head that fails") {
  for (const Op op : {Op::zero, Op::flush}) {
    Setting setting(0);
    const auto bad = setting.target("bad");
    bad.memory->bytes()[510] = std::byte{0x55};
    bad.memory->bytes()[511] = std::byte{0xAA};
    bad.fault->add(broken(op, 0, "bad"));
    const CopyResult result = run_copy(setting.source.get(), {bad.device.get()}, setting.options);
    REQUIRE(result.destinations[0].error);
    CHECK(all_aa_behind_head(bad));
  }
}

TEST_CASE("a read of the source that fails ends everything") {
  for (const unsigned threads : {0U, 3U})
    for (const std::uint64_t number : Setting(threads).places(Op::read, true)) {
      CAPTURE(threads);
      CAPTURE(number);
      Setting setting(threads);
      const auto a = setting.target("a"), b = setting.target("b");
      setting.from->add(broken(Op::read, number, "source"));
      Progress progress(nullptr);
      Copier copier(setting.source.get(), {a.device.get(), b.device.get()}, setting.options, progress);
      const auto error = error_of([&] { copier.run(); });
      REQUIRE(error);
      CHECK(error->code() == Exit::failed);
      CHECK(error->object() == "source");
      CHECK(error->cause().find("(bytes 419430400 to 420478975)") != std::string::npos);
      CHECK(setting.source->in_flight() + a.device->in_flight() + b.device->in_flight() == 0);
      CHECK(untouched(a));
      CHECK(untouched(b));
      if (number == 0) CHECK(bytes_of(a.memory->bytes()) == Content(kSize, std::byte{0xAA}));
    }
}

TEST_CASE("a short read of the source, and one that ends where the device really ends") {
  for (const unsigned threads : {0U, 3U}) {
    Setting setting(threads);
    const auto target = setting.target("copy");
    if (threads == 0)
      setting.from->add({.op = Op::read, .effect = FaultDevice::ShortRead{}, .skip = 9, .count = 1});
    else
      setting.from->limit(kSize - 4096);
    const auto error =
        error_of([&] { run_copy(setting.source.get(), {target.device.get()}, setting.options); });
    REQUIRE(error);
    CHECK(error->cause().find("256.0 KiB at ") != std::string::npos);
    CHECK(untouched(target));
  }
}

TEST_CASE("a destination smaller than it says fails with the range that it has not") {
  Setting setting(3);
  const auto target = setting.target("copy");
  target.fault->limit(kSize - 4096);
  const CopyResult result = run_copy(setting.source.get(), {target.device.get()}, setting.options);
  REQUIRE(result.destinations[0].error);
  CHECK(result.destinations[0].error->cause().find("256.0 KiB at 5.8 MiB (bytes 6029312 to 6291455)") !=
        std::string::npos);
  CHECK(untouched(target));
}

TEST_CASE("late completions from other threads, with and without a failure among them") {
  for (const bool fail : {false, true}) {
    Setting setting(0);
    const auto late = setting.target("late"), prompt = setting.target("prompt");
    for (const Op op : {Op::read, Op::write, Op::zero, Op::unmap, Op::flush})
      late.fault->add({.op = op, .effect = FaultDevice::Delay{3ms}});
    setting.from->add({.op = Op::read, .effect = FaultDevice::Delay{2ms}, .offset = MiB});
    if (fail) late.fault->add(broken(Op::write, 7, "late"));
    const CopyResult result =
        run_copy(setting.source.get(), {late.device.get(), prompt.device.get()}, setting.options);
    if (fail)
      check_failed(result, 0, late);
    else
      check_complete(result, 0, late, setting);
    check_complete(result, 1, prompt, setting);
  }
}

TEST_CASE("Ctrl-C in the middle of the copy, of the flush and of the verification") {
  for (const unsigned threads : {0U, 3U})
    for (const auto& moment : std::initializer_list<std::pair<Op, int>>{
             {Op::write, 1}, {Op::write, 8}, {Op::unmap, 1}, {Op::flush, 1}, {Op::read, 3}}) {
      const Op op = moment.first;  // clang 14 does not let CAPTURE's lambda have a structured binding
      const int number = moment.second;
      CAPTURE(threads);
      CAPTURE(name_of(op));
      CAPTURE(number);
      const Interrupt interrupt;
      Setting setting(threads);
      const auto target = setting.target("copy");
      std::atomic<int> left{number};
      target.device->set_hook([&, wanted = op](const StrictDevice::Request& request) {
        if (request.op == wanted && --left == 0) std::raise(SIGINT);
      });
      Progress progress(nullptr);
      Copier copier(setting.source.get(), {target.device.get()}, setting.options, progress);
      const auto error = error_of([&] { copier.run(); });
      REQUIRE(error);
      CHECK(error->code() == Exit::interrupted);
      CHECK(untouched(target));
      CHECK(setting.source->in_flight() + target.device->in_flight() == 0);
    }
}

namespace {

/// A device whose requests of one kind never end, unless they are cancelled.
class StallingDevice final : public DeviceFilter {
 public:
  StallingDevice(std::shared_ptr<Device> below, Op op, int healthy)
      : DeviceFilter(*below), owned_(std::move(below)), op_(op), healthy_(healthy) {}
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    if (!stalls(Op::read, done)) below_.read(offset, into, std::move(done));
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    if (!stalls(Op::write, done)) below_.write(offset, from, std::move(done));
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    if (!stalls(Op::zero, done)) below_.zero(offset, length, std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    if (!stalls(Op::unmap, done)) below_.unmap(offset, length, std::move(done));
  }
  void flush(Completion done) override {
    if (!stalls(Op::flush, done)) below_.flush(std::move(done));
  }
  void cancel() override {
    std::vector<Completion> held;
    {
      const std::scoped_lock lock(mutex_);
      cancelled_ = true;
      held.swap(held_);
    }
    const Error error(Exit::failed, name(), "cancelled");
    for (Completion& done : held) done(&error);
  }

 private:
  bool stalls(Op op, Completion& done) {
    {
      const std::scoped_lock lock(mutex_);
      if (op != op_ || healthy_-- > 0) return false;
      if (!cancelled_) {
        if (held_.empty()) std::raise(SIGTERM);
        held_.push_back(std::move(done));
        return true;
      }
    }
    const Error error(Exit::failed, name(), "cancelled");
    done(&error);
    return true;
  }

  std::shared_ptr<Device> owned_;
  const Op op_;
  int healthy_;
  std::mutex mutex_;
  std::vector<Completion> held_;
  bool cancelled_ = false;
};

}  // namespace

TEST_CASE("a device that does not answer does not hold up Ctrl-C") {
  for (const auto& moment : std::initializer_list<std::pair<Op, int>>{{Op::write, 0},
                                                                      {Op::write, 5},
                                                                      {Op::unmap, 0},
                                                                      {Op::zero, 0},
                                                                      {Op::flush, 0},
                                                                      {Op::read, 0},
                                                                      {Op::read, 2}}) {
    const Op op = moment.first;
    const int healthy = moment.second;
    CAPTURE(name_of(op));
    CAPTURE(healthy);
    const Interrupt interrupt;
    Setting setting(3);
    const auto target = setting.target("copy");
    StallingDevice device(target.memory, op, healthy);
    const auto error = error_of([&] { run_copy(setting.source.get(), {&device}, setting.options); });
    REQUIRE(error);
    CHECK(error->code() == Exit::interrupted);
    CHECK(error->hint().find("first MiB of the destination was not written") != std::string::npos);
    CHECK(!bootable(target.memory->bytes()));
  }
  for (const int healthy : {0, 6}) {
    CAPTURE(healthy);
    const Interrupt interrupt;
    Setting setting(0);
    StallingDevice source(setting.from, Op::read, healthy);
    const auto target = setting.target("copy");
    const auto error = error_of([&] { run_copy(&source, {target.device.get()}, setting.options); });
    REQUIRE(error);
    CHECK(error->code() == Exit::interrupted);
    CHECK(untouched(target));
  }
}

TEST_CASE("Ctrl-C in the last flush: nobody is told that the head was not written") {
  const Interrupt interrupt;
  Setting setting(3);
  const auto target = setting.target("copy");
  StallingDevice device(target.memory, Op::flush, 2);
  const auto error = error_of([&] { run_copy(setting.source.get(), {&device}, setting.options); });
  REQUIRE(error);
  CHECK(error->code() == Exit::interrupted);
  CHECK(bootable(target.memory->bytes()));
  CHECK(error->hint().find("every byte had been written") != std::string::npos);
}

TEST_CASE("a device that lies once is believed nothing that it said before") {
  Setting setting(3);
  setting.options.verify = VerifyMode::none;
  const auto target = setting.target("copy");
  // 256 KiB a time are unmapped; the ends of the first two are zeros, as luck would have it.
  for (const std::uint64_t at : {3 * MiB + 64 * KiB, 3 * MiB + 320 * KiB})
    for (const std::uint64_t end : {at, at + 256 * KiB - 512})
      std::fill_n(target.memory->bytes().begin() + static_cast<std::ptrdiff_t>(end), 512, std::byte{0});
  target.fault->add({.op = Op::unmap, .effect = FaultDevice::Ignore{}});
  const LogCapture log;
  const CopyResult result = run_copy(setting.source.get(), {target.device.get()}, setting.options);
  CHECK(!result.destinations[0].error);
  CHECK(result.destinations[0].bytes.unmapped == 0);
  CHECK(bytes_of(target.memory->bytes()) == setting.content);
}
