// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/xcopy_manager.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "iscsi/hex.h"

using namespace san;
using namespace san::iscsi;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

Answer good(std::uint32_t missing = 0) {
  return {CommandStatus::good, {}, missing, 0};
}
Answer refusal(SenseKey key, std::uint8_t asc, std::uint8_t ascq = 0) {
  return {CommandStatus::check_condition, {true, key, asc, ascq, false}, 0, 0};
}

/// A LUN that answers the commands of third-party copies as told.
class Scripted final : public LunDevice {
 public:
  std::string url = "iscsi://san/iqn.2026-11.org.example:t/1";
  LunInfo about;
  std::vector<std::byte> parameters = unhex(
      "0000002a 00000000 0002 0001 00000400 01000000 00000000 00000000 00000000 0000 0001 01 09 00 00 000000 "
      "02 02e4");
  Answer to_parameters = good(), to_copy = good(), to_status = good();
  std::string status = "00000008 01 0001 00 01000000";
  std::optional<Error> lost;  ///< EXTENDED COPY is never answered
  std::vector<Cdb> commands;
  std::vector<std::vector<std::byte>> lists;

  explicit Scripted(const char* naa, int lun = 1) {
    url.back() = static_cast<char>('0' + lun);
    about.inquiry.emplace().third_party_copy = true;
    about.inquiry->vendor = "LIO-ORG";
    about.capacity = Capacity{65536, 512};
    if (naa != nullptr) about.designators = {{0, 3, naa}};
  }

  const std::string& name() const override { return url; }
  std::uint64_t size() const override { return about.size(); }
  Limits limits() const override { return {}; }
  std::vector<Extent> extents(std::uint64_t, std::uint64_t) override { return {}; }
  void read(std::uint64_t, std::span<std::byte>, Completion) override {}
  void write(std::uint64_t, std::span<const std::byte>, Completion) override {}
  void zero(std::uint64_t, std::uint64_t, Completion) override {}
  void unmap(std::uint64_t, std::uint64_t, Completion) override {}
  void flush(Completion) override {}
  const LunInfo& lun() const override { return about; }

  void submit(std::unique_ptr<Request> request) override {
    commands.push_back(request->cdb);
    const auto send = [&request](const std::vector<std::byte>& bytes, Answer answer) {
      std::copy_n(bytes.begin(), std::min(bytes.size(), request->data.size()), request->data.begin());
      answer.missing =
          static_cast<std::uint32_t>(request->data.size() - std::min(bytes.size(), request->data.size()));
      request->done(answer, nullptr);
    };
    if (request->cdb.opcode() == 0x83) {
      lists.emplace_back(request->data.begin(), request->data.end());
      request->done(to_copy, lost ? &*lost : nullptr);
    } else if (request->cdb.bytes[1] == 0x03) {
      send(parameters, to_parameters);
    } else {
      send(unhex(status), to_status);
    }
  }
};

struct Setting {
  Scripted source{"60014051223344556677889900aabb01", 1}, destination{"60014051223344556677889900aabb02", 2};

  std::unique_ptr<CopyManager> open() { return open_copy_manager(source, destination); }
  std::string why_not() {
    try {
      open();
      return {};
    } catch (const Error& error) {
      CHECK(error.code() == Exit::failed);
      CHECK(destination.lists.empty());
      return error.what();
    }
  }
  bool refused(const char* text) { return why_not().find(text) != std::string::npos; }
  CopyOutcome copy(std::uint64_t offset, std::uint64_t length) {
    std::optional<CopyOutcome> outcome;
    open()->copy(offset, length, [&outcome](const CopyOutcome& o) { outcome = o; });
    REQUIRE(outcome);
    return *outcome;
  }
};

}  // namespace

TEST_CASE("limits") {
  Setting s;
  const auto limits = s.open()->limits();
  CHECK(limits.segment == 16 * kMiB);
  CHECK(limits.granularity == 512);
  CHECK(limits.concurrent == 1);

  const auto with = [&s](std::size_t at, const char* digits) {
    auto& list = s.destination.parameters;
    const auto bytes = unhex(digits);
    std::copy(bytes.begin(), bytes.end(), list.begin() + static_cast<std::ptrdiff_t>(at));
    return s.open()->limits();
  };
  CHECK(with(16, "00000000").segment == 16 * kMiB);  // no limit of its own
  CHECK(with(16, "00380000").segment == 3 * kMiB);   // whole MiB
  CHECK(with(16, "0000f1ff").segment == 0xf000);     // whole 4 KiB
  CHECK(with(34, "000208").concurrent == 2);         // of all initiators
  CHECK(with(34, "0000ff").concurrent == 4);
  CHECK(with(34, "000000").concurrent == 1);
  CHECK(with(37, "0c").granularity == 4096);
  s.source.about.capacity->block_size = s.destination.about.capacity->block_size = 256;
  CHECK(with(16, "00000000").segment == 15 * kMiB);  // 65535 blocks
}

TEST_CASE("between which LUNs nothing can be copied") {
  Setting s;
  REQUIRE(s.why_not().empty());
  SUBCASE("3PC") {
    s.source.about.inquiry->third_party_copy = false;
    CHECK(s.refused("/1: the target does not offer to copy"));
    s.source.about.inquiry->third_party_copy = true;
    s.destination.about.inquiry->third_party_copy = false;
    CHECK(s.refused("/2: the target does not offer to copy"));
  }
  SUBCASE("names") {
    s.source.about.designators.clear();
    CHECK(s.refused("/1: has no NAA identifier"));
    s.source.about.designators = s.destination.about.designators;
    CHECK(s.refused("the same NAA identifier"));
  }
  SUBCASE("block sizes") {
    s.source.about.capacity->block_size = 4096;
    CHECK(s.refused("another size"));
  }
  SUBCASE("targets") {
    CHECK(same_target(s.source, s.destination));
    s.source.url = "iscsi://san/iqn.2026-11.org.example:other/1";
    CHECK_FALSE(same_target(s.source, s.destination));
    CHECK(s.why_not().empty());  // of the same kind: the copy manager has to say
    s.source.about.inquiry->vendor = "IET";
    CHECK(s.refused("another target"));
    s.source.url = "iscsi://san2/iqn.2026-11.org.example:t/1";
    CHECK_FALSE(same_target(s.source, s.destination));
  }
  SUBCASE("what the copy manager says") {
    const auto whole = s.destination.parameters;
    s.destination.to_parameters = refusal(SenseKey::illegal_request, 0x20);
    CHECK(s.refused("does not tell what it can copy"));
    s.destination.to_parameters = good();
    s.destination.parameters.resize(20);
    CHECK(s.refused("makes no sense"));
    const auto without = [&](std::size_t at, std::uint8_t value, const char* text) {
      s.destination.parameters = whole;
      s.destination.parameters[at] = std::byte{value};
      CHECK(s.refused(text));
    };
    without(44, 0x0a, "from block to block");
    without(45, 0xe0, "from block to block");
    without(9, 1, "between two LUNs");
    without(11, 0, "between two LUNs");
    without(37, 21, "more than a MiB");
    s.destination.parameters = whole;
    s.destination.parameters[14] = std::byte{0}, s.destination.parameters[15] = std::byte{91};
    CHECK(s.refused("between two LUNs"));
    s.destination.parameters = whole;
    s.destination.parameters[16] = std::byte{0}, s.destination.parameters[18] = std::byte{2};
    CHECK(s.refused("too short"));
  }
}

TEST_CASE("a copy and its status") {
  Setting s;
  const auto outcome = s.copy(16 * kMiB, 16 * kMiB);
  CHECK_FALSE(outcome.error);
  CHECK(outcome.bytes == 16 * kMiB);
  REQUIRE(s.destination.lists.size() == 1);
  const auto& list = s.destination.lists[0];
  CHECK(list[0] != std::byte{0});
  // The descriptors name source and destination in this order; 32768 blocks at LBA 8000h of both.
  CHECK(list[16 + 8 + 15] == std::byte{1});
  CHECK(list[16 + 32 + 8 + 15] == std::byte{2});
  CHECK(std::vector(list.end() - 18, list.end()) == unhex("8000 0000000000008000 0000000000008000"));
  // It is the status of this copy that was asked for.
  CHECK(s.destination.commands.back().bytes[0] == 0x84);
  CHECK(s.destination.commands.back().bytes[1] == 0x00);
  CHECK(s.destination.commands.back().bytes[2] == static_cast<std::uint8_t>(list[0]));
  CHECK(s.source.commands.empty());
}

TEST_CASE("what the status may say") {
  Setting s;
  const auto outcome = [&s](const char* status) {
    s.destination.status = status;
    return s.copy(0, 16 * kMiB);
  };
  CHECK(outcome("00000008 01 0001 00 00800000").bytes == 8 * kMiB);
  CHECK_FALSE(outcome("00000008 01 0001 00 00800000").error);
  CHECK(outcome("00000008 02 0000 00 008001ff").bytes == 8 * kMiB);  // whole blocks
  CHECK(outcome("00000008 01 0000 00 00000000").error);
  CHECK(outcome("00000008 02 0000 00 00000000").error);
  CHECK(outcome("00000008 02 0001 00 01000000").error);
  CHECK(outcome("00000008 00 0001 00 01000000").error);
  CHECK(outcome("00000008 01").error);
  for (const char* bad : {"00000008 01 0000 00 00000000", "00000008 00 0001 00 01000000", "00000008 01"}) {
    const auto told = outcome(bad);
    CHECK(told.bytes == 0);
    CHECK_FALSE(told.hopeless);
  }
}

TEST_CASE("a target that keeps no status is asked for it once") {
  Setting s;
  s.destination.to_status = refusal(SenseKey::illegal_request, 0x24);
  const auto manager = s.open();
  for (int i = 0; i < 300; ++i)
    manager->copy(0, kMiB, [](const CopyOutcome& outcome) {
      CHECK_FALSE(outcome.error);
      CHECK(outcome.bytes == kMiB);
    });
  const auto& commands = s.destination.commands;
  CHECK(std::count_if(commands.begin(), commands.end(), [](const Cdb& c) { return c.opcode() == 0x84; }) ==
        2);
  for (const auto& list : s.destination.lists) CHECK(list[0] != std::byte{0});
}

TEST_CASE("refused copies, and targets that go away") {
  Setting s;
  s.destination.to_copy = refusal(SenseKey::copy_aborted, 0x0d, 0x02);
  auto outcome = s.copy(0, kMiB);
  REQUIRE(outcome.error);
  CHECK(std::string(outcome.error->what()).find("does not reach a LUN") != std::string::npos);
  CHECK_FALSE(outcome.hopeless);
  CHECK(outcome.bytes == 0);

  s.destination.lost = Error(Exit::failed, "x", "no answer for 45 s");
  outcome = s.copy(0, kMiB);
  REQUIRE(outcome.error);
  CHECK(outcome.hopeless);
  CHECK(outcome.error->cause() == "no answer for 45 s");
}
