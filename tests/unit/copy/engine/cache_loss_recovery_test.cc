// SPDX-License-Identifier: Apache-2.0
// A target with a volatile cache that is reset in the middle of a clone, and goes on as if nothing had
// happened.
#include <mutex>

#include "block/device_base.h"
#include "block/zero_detection.h"
#include "copy/copy_checks.h"
#include "copy/map_checks.h"
#include "core/units.h"

using namespace san;
using namespace san::copy;

namespace {

class ForgetfulDevice final : public DeviceBase {
 public:
  explicit ForgetfulDevice(std::size_t size) : cache_(size, std::byte{0xAA}), stable_(cache_) {}

  std::vector<unsigned> resets;  ///< after so many writes each; ascending
  bool tells = true;             ///< of its losses
  bool always = false;           ///< it is reset with every flush
  Content& content() { return cache_; }
  unsigned rewritten() const { return writes_; }

  const std::string& name() const override { return name_; }
  DeviceIdentity identity() const override {
    return {.id = {}, .persistent_id = "forgetful", .generation = {}};
  }
  std::uint64_t size() const override { return cache_.size(); }
  Limits limits() const override { return MemoryDevice("", 512).limits(); }
  std::uint64_t cache_loss_generation() const override { return tells ? cache_loss_generation_.load() : 0; }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, Extent::Kind::unknown}};
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    {
      const std::scoped_lock lock(mutex_);
      std::copy_n(cache_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    }
    done(nullptr);
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    {
      const std::scoped_lock lock(mutex_);
      std::copy(from.begin(), from.end(), cache_.begin() + static_cast<std::ptrdiff_t>(offset));
      wrote();
    }
    done(nullptr);
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    {
      const std::scoped_lock lock(mutex_);
      std::fill_n(cache_.begin() + static_cast<std::ptrdiff_t>(offset), length, std::byte{0});
      wrote();
    }
    done(nullptr);
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    zero(offset, length, std::move(done));
  }
  void flush(Completion done) override {
    {
      const std::scoped_lock lock(mutex_);
      if (always) lose();
      stable_ = cache_;
    }
    done(nullptr);
  }

 private:
  void wrote() {
    ++writes_;
    if (!resets.empty() && writes_ == resets.front()) {
      resets.erase(resets.begin());
      lose();
    }
  }
  void lose() {
    cache_ = stable_;
    ++cache_loss_generation_;
  }

  const std::string name_ = "target";
  std::mutex mutex_;  // the guard of the boot region has a thread of its own
  Content cache_, stable_;
  unsigned writes_ = 0;
  std::atomic<std::uint64_t> cache_loss_generation_{0};
};

struct Clone {
  Content content = bootable_disk(6 * MiB);
  ForgetfulDevice target{6 * MiB};
  CopyOptions options;
  std::vector<std::string> warnings;

  Clone() {
    std::fill_n(content.begin() + 3 * MiB, MiB, std::byte{0});
    options.block = 64 * KiB;
  }
  DestinationResult run(CloneMap* map = nullptr) {
    log::set_sink([&](log::Level, std::string_view text) { warnings.emplace_back(text); });
    const auto source = disk_of(content);
    Progress progress(nullptr);
    MapUse use{map, {}};
    if (map != nullptr) use.stale.resize(1);
    auto result = Copier(source.get(), {&target}, options, progress, use).run();
    log::set_sink({});
    return result.destinations.at(0);
  }
};

}  // namespace

TEST_CASE("what a reset target has lost is written again") {
  for (const VerifyMode verify : {VerifyMode::none, VerifyMode::full}) {
    for (const unsigned at : {1U, 2U, 30U, 70U, 80U, 90U}) {
      CAPTURE(at);
      Clone clone;
      clone.options.verify = verify;
      clone.target.resets = {at, at + 40, at + 100};
      const auto result = clone.run();
      CHECK_FALSE(result.error);
      CHECK(result.mismatches.empty());
      CHECK(clone.target.content() == clone.content);
      CHECK(clone.warnings.size() >= 1);
      CHECK(clone.warnings[0].find("that it had acknowledged") != std::string::npos);
    }
  }
}

TEST_CASE("a target that never was reset is not read back, and one that says nothing is believed") {
  Clone clone;
  CHECK_FALSE(clone.run().error);
  CHECK(clone.warnings.empty());
  CHECK(clone.target.content() == clone.content);
  // The same reset unnoticed: this is what the others are about.
  Clone silent;
  silent.target.resets = {60};
  silent.target.tells = false;
  CHECK_FALSE(silent.run().error);
  CHECK(silent.target.content() != silent.content);
}

TEST_CASE("a target that is reset again and again is given up") {
  Clone clone;
  clone.target.always = true;
  const auto result = clone.run();
  REQUIRE(result.error);
  CHECK(result.error->code() == Exit::failed);
  CHECK(result.error->cause().find("again and again") != std::string::npos);
}

TEST_CASE("a source that cannot be read again cannot put it right") {
  Clone clone;
  clone.options.source_read = [] {};
  clone.target.resets = {60};
  const auto result = clone.run();
  REQUIRE(result.error);
  CHECK(result.error->code() == Exit::failed);
  CHECK(result.error->cause().find("the source cannot be read again") != std::string::npos);
}

TEST_CASE("a clone map claims nothing that a reset target has lost") {
  for (const unsigned at : {1U, 30U, 70U, 90U}) {
    CAPTURE(at);
    const TempDir dir;
    Clone clone;
    clone.target.resets = {at, at + 50};
    MapSubject subject;
    subject.source = "source";
    subject.destinations = {"target"};
    subject.bytes = clone.content.size();
    subject.block = 64 * KiB;
    const auto map = CloneMap::open(dir / "map", subject, false);
    CHECK_FALSE(clone.run(map.get()).error);
    map->seal();
    CHECK(clone.target.content() == clone.content);
    const auto slots = read_map(dir / "map").slots.at("target");
    CHECK(first_lie(slots, clone.target.content(), clone.content.size(), 64 * KiB) == -1);
    CHECK(count_of(slots, map_format::State::unknown) == 0);
  }
}

TEST_CASE("a rest that was wiped and comes back with the reset is wiped again") {
  const Content content = bootable_disk(4 * MiB);
  const auto source = disk_of(content);
  for (unsigned reset = 1; reset < 12; ++reset) {
    CAPTURE(reset);
    ForgetfulDevice target(9 * MiB);
    target.resets = {reset};
    CopyOptions options;
    options.wipe_rest = true;
    options.block = MiB;
    const LogCapture log;
    const CopyResult result = run_copy(source.get(), {&target}, options);
    CHECK(!result.destinations[0].error);
    CHECK(std::equal(content.begin(), content.end(), target.content().begin()));
    CHECK(all_zero(std::span(target.content()).subspan(4 * MiB)));
  }
}
