// SPDX-License-Identifier: Apache-2.0
#include "copy/delta.h"

#include "copy/map_checks.h"
#include "core/endian.h"
#include "core/units.h"

using namespace san;
using namespace san::map_format;
using Work = DeltaDecision::State;

namespace {

constexpr std::uint64_t kBlock = 64 * KiB;

/// A disk with an MBR with one partition, 2 MiB to 6 MiB, and a map that knows all of it.
struct Setting {
  Setting() {
    Content content = random_bytes(8 * MiB + 512, 1);
    std::fill_n(content.begin(), 512, std::byte{0});
    content[510] = std::byte{0x55};
    content[511] = std::byte{0xAA};
    content[446 + 4] = std::byte{0x83};
    write_at(content, 446 + 8, le32(2 * MiB / 512));
    write_at(content, 446 + 12, le32(4 * MiB / 512));
    disk = disk_of(content, "lun");
    map = CloneMap::open(dir / "map", subject(), false);
  }

  MapSubject subject() const { return {"source", "", {"other", "lun"}, disk->size(), kBlock}; }
  Slot slot(std::uint64_t n) const {
    return {map_format::State::data,
            hash128(disk->bytes().subspan(n * kBlock, std::min(kBlock, disk->size() - n * kBlock)))};
  }
  /// The map knows [from, to) as the disk is now, and is opened again.
  void know(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; ++n) map->add({1, n, 1, slot(n)});
    map->commit();
    map.reset();
    map = CloneMap::open(dir / "map", subject(), false);
  }
  DeltaDecision decide(DeltaMode mode = DeltaMode::automatic) { return decide_delta(*map, 1, *disk, mode); }
  std::uint64_t blocks() const { return map->blocks(); }

  TempDir dir{TempDir::Where::memory};
  std::shared_ptr<MemoryDevice> disk;
  std::unique_ptr<CloneMap> map;
};

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

}  // namespace

TEST_CASE("a map that knows nothing of this destination: nothing is doubtful, and nothing is read") {
  Setting setting;
  setting.map->add({0, 0, setting.blocks(), {map_format::State::zero, {}}});
  setting.know(0, 0);
  const auto decision = setting.decide();
  CHECK(decision.state == Work::fresh);
  CHECK(decision.parts.empty());
  CHECK(decision.examined == 0);
}

TEST_CASE("a map without the head is unfinished, and believed if a sample is right") {
  Setting setting;
  setting.know(16, 100);
  auto decision = setting.decide();
  CHECK(decision.state == Work::unfinished);
  CHECK(decision.doubtful().empty());
  CHECK(decision.examined > 0);
  CHECK(decision.examined <= 3 * kBlock);
  CHECK(setting.decide(DeltaMode::trust).examined == 0);
  CHECK(setting.decide(DeltaMode::compare).doubtful() == Ranges{{0, setting.disk->size()}});
  std::fill(setting.disk->bytes().begin(), setting.disk->bytes().end(), std::byte{1});
  decision = setting.decide();
  CHECK(decision.state == Work::unfinished);
  CHECK(decision.doubtful() == Ranges{{0, setting.disk->size()}});
}

TEST_CASE("a map with the head counts as finished, also where another block is unknown") {
  Setting setting;
  setting.know(0, setting.blocks() - 10);
  CHECK(setting.decide().state == Work::finished);
  setting.map->add({1, 15, 1, {}});
  setting.know(0, 0);
  CHECK(setting.decide().state == Work::unfinished);
}

TEST_CASE("compare and trust look at nothing, and mean everything and nothing") {
  Setting setting;
  setting.know(0, setting.blocks());
  for (const DeltaMode mode : {DeltaMode::compare, DeltaMode::trust}) {
    const auto decision = setting.decide(mode);
    CHECK(decision.state == Work::finished);
    CHECK(decision.examined == 0);
    REQUIRE(decision.parts.size() == 1);
    CHECK(decision.doubtful() == (mode == DeltaMode::compare ? Ranges{{0, setting.disk->size()}} : Ranges{}));
  }
}

TEST_CASE(
    "parts are the partitions and what is between them, without a gap; what tells nothing is read back") {
  Setting setting;
  setting.know(0, setting.blocks());
  const auto decision = setting.decide();
  REQUIRE(decision.parts.size() == 3);
  std::uint64_t at = 0;
  for (const DeltaPart& part : decision.parts) {
    CHECK(part.offset == at);
    at += part.length;
    CHECK(part.read_back);
    CHECK(!part.why.empty());
  }
  CHECK(at == setting.disk->size());
  CHECK(decision.parts[0].what == "outside of partitions");
  CHECK(decision.parts[1].what.starts_with("partition 1 ("));
  CHECK(decision.doubtful() == Ranges{{0, setting.disk->size()}});
}

TEST_CASE("a disk without a table is one part") {
  Setting setting;
  std::fill_n(setting.disk->bytes().begin(), 512, std::byte{0});
  setting.know(0, setting.blocks());
  const auto decision = setting.decide();
  REQUIRE(decision.parts.size() == 1);
  CHECK(decision.parts[0].what.starts_with("whole disk"));
  CHECK(decision.parts[0].read_back);
}

TEST_CASE("doubtful ranges are joined where they touch, and only there") {
  DeltaDecision decision;
  decision.parts = {
      {"a", 0, 10, true, ""}, {"b", 10, 10, true, ""}, {"c", 20, 10, false, ""}, {"d", 30, 10, true, ""}};
  CHECK(decision.doubtful() == Ranges{{0, 20}, {30, 10}});
}
