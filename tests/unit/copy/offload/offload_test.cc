// SPDX-License-Identifier: Apache-2.0
#include "copy/offload/offload.h"

#include "copy/copy_checks.h"
#include "copy/strict_device.h"
#include "devices/fault_device.h"

using namespace san;
using namespace san::copy;

namespace {

/// Copies between two devices in memory, or pretends to.
class FakeManager final : public iscsi::CopyManager {
 public:
  FakeManager(MemoryDevice& from, MemoryDevice& to) : from_(from), to_(to) {}

  iscsi::CopyLimits limits_ = {4 * MiB, 512, 3};
  /// What is done in place of an honest copy; the number counts from 0.
  std::function<std::optional<iscsi::CopyOutcome>(unsigned number, std::uint64_t offset,
                                                  std::uint64_t length)>
      trick;
  std::vector<Piece> ordered;
  unsigned most_under_way = 0;
  std::string sins;

  iscsi::CopyLimits limits() const override { return limits_; }
  void copy(std::uint64_t offset, std::uint64_t length, Done done) override {
    const auto number = static_cast<unsigned>(ordered.size());
    ordered.push_back({offset, length, false});
    if (length == 0 || length > limits_.segment || offset % limits_.granularity != 0 ||
        length % limits_.granularity != 0 || offset + length > from_.size())
      sins += fmt::format("copy of {} at {}\n", length, offset);
    most_under_way = std::max(most_under_way, ++under_way_);
    std::optional<iscsi::CopyOutcome> outcome;
    if (trick) outcome = trick(number, offset, length);
    if (!outcome) {
      take(offset, length);
      outcome = iscsi::CopyOutcome{length, {}, false};
    }
    // Answered later, when another has been asked for or nothing more comes.
    pool_.submit([this, outcome = *outcome, done = std::move(done)] {
      --under_way_;
      done(outcome);
    });
  }
  void cancel() override {}
  void take(std::uint64_t offset, std::uint64_t length) {
    std::copy_n(from_.bytes().begin() + static_cast<std::ptrdiff_t>(offset), length,
                to_.bytes().begin() + static_cast<std::ptrdiff_t>(offset));
  }

 private:
  MemoryDevice &from_, &to_;
  std::atomic<unsigned> under_way_{0};
  WorkerPool pool_{2};
};

struct Setting {
  Content content;
  std::shared_ptr<MemoryDevice> from, to;
  std::shared_ptr<FaultDevice> fault;
  FakeManager manager;
  CopyOptions options;

  explicit Setting(std::uint64_t size = 23 * MiB)
      : content(bootable_disk(size)),
        from(disk_of(content)),
        to(std::make_shared<MemoryDevice>("destination", size, std::byte{0xAA})),
        fault(std::make_shared<FaultDevice>(to)),
        manager(*from, *to) {
    // An old head, so that it has to be hidden.
    to->bytes()[510] = std::byte{0x55}, to->bytes()[511] = std::byte{0xAA};
  }

  CopyResult run() {
    Progress progress(nullptr);
    StrictDevice source(from, 2), destination(fault, 2);
    Offload offload(source, destination, manager, options, progress);
    const CopyResult result = offload.run();
    CHECK(source.sins().empty());
    CHECK(destination.sins().empty());
    CHECK(manager.sins.empty());
    return result;
  }
  bool identical() { return bytes_of(to->bytes()) == content; }
  bool has_boot_region() { return bootable(to->bytes()); }
  /// Runs, and expects OffloadFailed.
  OffloadFailed failure() {
    try {
      run();
    } catch (const OffloadFailed& failed) {
      CHECK_FALSE(has_boot_region());
      return failed;
    }
    FAIL("the offload did not fail");
    throw;
  }
};

iscsi::CopyOutcome refused() {
  return {0, Error(Exit::failed, "destination", "does not reach a LUN"), false};
}

}  // namespace

TEST_CASE("the target copies all but the first MiB, which comes last") {
  for (const VerifyMode mode :
       {VerifyMode::none, VerifyMode::full, VerifyMode::written, VerifyMode::sample}) {
    Setting s;
    s.options.verify = mode;
    const CopyResult result = s.run();
    REQUIRE_FALSE(result.destinations[0].error);
    CHECK(s.identical());
    CHECK_FALSE(result.hashed);
    CHECK(result.total == 23 * MiB);
    CHECK(result.data == 23 * MiB);
    CHECK(result.destinations[0].bytes.offloaded == 22 * MiB);
    CHECK(result.destinations[0].bytes.written == MiB);
    // Pieces end at multiples of the segment: 3, then 4 MiB each.
    CHECK(s.manager.ordered.size() == 6);
    CHECK(s.manager.ordered[0] == Piece{MiB, 3 * MiB, false});
    CHECK(s.manager.ordered.back() == Piece{20 * MiB, 3 * MiB, false});
    CHECK(s.manager.most_under_way <= 3);
    const std::uint64_t verified = result.destinations[0].verified;
    if (mode == VerifyMode::full || mode == VerifyMode::written) CHECK(verified == 23 * MiB);
    if (mode == VerifyMode::sample) CHECK(verified == 3 * MiB);  // the first, number 16, the last
    if (mode == VerifyMode::none) CHECK(verified == 0);

    // A flush lies between the last copy and the first write of the new head, and one is the end of it all.
    const auto requests = s.fault->requests();
    using Op = FaultDevice::Op;
    CHECK(requests.back().op != Op::write);
    std::size_t flushes = 0, last_write = 0;
    for (std::size_t i = 0; i < requests.size(); ++i)
      if (requests[i].op == Op::write && requests[i].offset < MiB) last_write = i;
    for (std::size_t i = last_write; i < requests.size(); ++i) flushes += requests[i].op == Op::flush ? 1 : 0;
    CHECK(flushes == 1);
    CHECK(std::count_if(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(last_write),
                        [](const auto& r) { return r.op == Op::flush; }) == 2);  // hidden; copied
  }
}

TEST_CASE("sizes at the edges") {
  for (const std::uint64_t size : {std::uint64_t{512}, std::uint64_t{4096}, MiB, MiB + 512, 5 * MiB + 1536}) {
    Setting s(size);
    s.options.verify = VerifyMode::full;
    const CopyResult result = s.run();
    CHECK_FALSE(result.destinations[0].error);
    CHECK(s.identical());
    CHECK(result.destinations[0].verified == size);
    CHECK(result.destinations[0].bytes.offloaded == size - std::min(size, MiB));
  }
}

TEST_CASE("zeros that are known go the usual way") {
  Setting s;
  std::fill_n(s.content.begin() + 8 * MiB, 7 * MiB, std::byte{0});
  std::copy(s.content.begin(), s.content.end(), s.from->bytes().begin());
  s.from->set_extents({{8 * MiB, 7 * MiB, Extent::Kind::zero}});
  s.options.verify = VerifyMode::full;
  const CopyResult result = s.run();
  CHECK(s.identical());
  CHECK(result.zero == 7 * MiB);
  CHECK(result.data == 16 * MiB);
  CHECK(result.destinations[0].bytes.offloaded == 15 * MiB);
  CHECK(result.destinations[0].verified == 23 * MiB);
  for (const Piece& piece : s.manager.ordered)
    CHECK((piece.offset + piece.length <= 8 * MiB || piece.offset >= 15 * MiB));
}

TEST_CASE("a target that says GOOD and copies nothing is found before anything else is copied") {
  for (const bool clone_there : {false, true}) {
    Setting s;
    if (clone_there) std::copy(s.content.begin(), s.content.end(), s.to->bytes().begin());
    s.manager.trick = [](unsigned, std::uint64_t, std::uint64_t length) {
      return iscsi::CopyOutcome{length, {}, false};
    };
    const auto failed = s.failure();
    CHECK_FALSE(failed.begun());
    CHECK(failed.cause().find("something else is there") != std::string::npos);
    CHECK(s.manager.ordered.size() == 1);
  }
}

TEST_CASE("every piece that is proved: the first, one in 64, the last") {
  // 4 MiB a piece: numbers 0, 64 and 69 of 70.
  for (const unsigned wrong : {64U, 69U}) {
    Setting s(280 * MiB);
    s.manager.trick = [wrong](unsigned number, std::uint64_t, std::uint64_t length) {
      return number == wrong ? std::optional(iscsi::CopyOutcome{length, {}, false}) : std::nullopt;
    };
    CHECK(s.failure().begun());
  }
}

TEST_CASE("refusals") {
  Setting s;
  SUBCASE("of the first copy") {
    s.manager.trick = [](unsigned, std::uint64_t, std::uint64_t) { return refused(); };
    CHECK_FALSE(s.failure().begun());
    CHECK(s.manager.ordered.size() == 1);
  }
  SUBCASE("of a later one") {
    s.manager.trick = [](unsigned number, std::uint64_t, std::uint64_t) {
      return number == 3 ? std::optional(refused()) : std::nullopt;
    };
    const auto failed = s.failure();
    CHECK(failed.begun());
    CHECK(failed.cause() == "does not reach a LUN");
  }
  SUBCASE("nothing copied, and no error") {
    s.manager.trick = [](unsigned, std::uint64_t, std::uint64_t) { return iscsi::CopyOutcome{}; };
    CHECK_FALSE(s.failure().begun());
  }
  SUBCASE("segments that the disk does not consist of") {
    s.manager.limits_.granularity = 2 * MiB;
    CHECK_THROWS_AS(s.run(), OffloadFailed);
    CHECK(s.fault->requests().empty());
  }
  // The devices can be used for the clone in the usual way.
  s.manager.trick = {};
  CHECK_FALSE(run_copy(s.from.get(), {s.to.get()}).destinations[0].error);
  CHECK(s.identical());
}

TEST_CASE("parts of copies: the rest is asked for, and proved") {
  Setting s;
  s.manager.trick = [&s](unsigned number, std::uint64_t offset,
                         std::uint64_t length) -> std::optional<iscsi::CopyOutcome> {
    if (number % 2 == 0 || length <= MiB) return std::nullopt;
    s.manager.take(offset, length / 4);
    return iscsi::CopyOutcome{length / 4, {}, false};
  };
  const CopyResult result = s.run();
  CHECK(s.identical());
  CHECK(result.destinations[0].bytes.offloaded == 22 * MiB);
  CHECK(s.manager.ordered.size() > 6);
  CHECK(s.manager.most_under_way <= 3);

  SUBCASE("a part that is not copied is found") {
    std::fill(s.to->bytes().begin(), s.to->bytes().end(), std::byte{0xAA});
    s.manager.ordered.clear();
    s.manager.trick = [](unsigned number, std::uint64_t,
                         std::uint64_t length) -> std::optional<iscsi::CopyOutcome> {
      if (number == 3) return iscsi::CopyOutcome{length / 2, {}, false};
      return std::nullopt;
    };
    CHECK(s.failure().begun());
  }
}

TEST_CASE("a target that goes away fails the destination, and nothing else is tried") {
  Setting s;
  s.manager.trick = [](unsigned number, std::uint64_t, std::uint64_t) -> std::optional<iscsi::CopyOutcome> {
    if (number < 2) return std::nullopt;
    return iscsi::CopyOutcome{0, Error(Exit::failed, "destination", "no answer for 45 s"), true};
  };
  const CopyResult result = s.run();
  REQUIRE(result.destinations[0].error);
  CHECK(result.destinations[0].error->cause() == "no answer for 45 s");
  CHECK_FALSE(s.has_boot_region());
}

TEST_CASE("errors of the devices") {
  using Op = FaultDevice::Op;
  const FaultDevice::Fail fail{Error(Exit::failed, "destination", "broken")};
  Setting s;
  s.options.verify = VerifyMode::full;
  SUBCASE("marks") {
    s.fault->add({Op::write, fail, MiB, FaultDevice::kAll});
  }
  SUBCASE("flush") {
    s.fault->add({Op::flush, fail, 0, FaultDevice::kAll, 1});
  }
  SUBCASE("last flush") {
    s.fault->add({Op::flush, fail, 0, FaultDevice::kAll, 2, 1});
  }
  SUBCASE("head") {
    s.fault->add({Op::write, fail, 0, MiB, 1});  // behind that of the mark
  }
  SUBCASE("proof") {
    s.fault->add({Op::read, fail, 2 * MiB, MiB});
  }
  const CopyResult result = s.run();
  REQUIRE(result.destinations[0].error);
  CHECK(result.destinations[0].error->cause() == "broken");
  CHECK_FALSE(s.has_boot_region());
}

TEST_CASE("a source that cannot be read is the source's error") {
  Setting s;
  auto bad = std::make_shared<FaultDevice>(s.from);
  bad->add(
      {FaultDevice::Op::read, FaultDevice::Fail{Error(Exit::failed, "source", "broken")}, 21 * MiB, 512});
  Progress progress(nullptr);
  const auto error = error_of([&] { Offload(*bad, *s.to, s.manager, s.options, progress).run(); });
  REQUIRE(error);
  CHECK(error->object() == "source");
  CHECK_FALSE(s.has_boot_region());
}

TEST_CASE("verification finds what the proof does not look at, and puts it right") {
  Setting s(64 * MiB);
  s.options.verify = VerifyMode::full;
  s.manager.trick = [&s](unsigned number, std::uint64_t offset,
                         std::uint64_t length) -> std::optional<iscsi::CopyOutcome> {
    if (number != 5) return std::nullopt;
    s.manager.take(offset, length);
    s.to->bytes()[offset + MiB + 12345] ^= std::byte{4};
    return iscsi::CopyOutcome{length, {}, false};
  };
  SUBCASE("once") {
    const CopyResult result = s.run();
    CHECK_FALSE(result.destinations[0].error);
    CHECK(s.identical());
    REQUIRE(result.destinations[0].rewritten.size() == 1);
    CHECK(result.destinations[0].rewritten[0] == Range{21 * MiB, MiB});
    CHECK(result.destinations[0].mismatches.empty());
  }
  SUBCASE("a block that does not take it stays wrong, and there is no head") {
    s.fault->add({FaultDevice::Op::write, FaultDevice::Ignore{}, 21 * MiB, MiB});
    const CopyResult result = s.run();
    REQUIRE(result.destinations[0].mismatches.size() == 1);
    CHECK(result.destinations[0].mismatches[0] == Range{21 * MiB, MiB});
    CHECK(result.destinations[0].rewritten.empty());
    CHECK_FALSE(s.has_boot_region());
  }
}
