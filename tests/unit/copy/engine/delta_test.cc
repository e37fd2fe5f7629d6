// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/delta.h"

#include "copy/copy_options.h"
#include "copy/engine/boot_region.h"
#include "copy/map_checks.h"
#include "core/endian.h"
#include "core/units.h"
#include "filesystem/ext_image.h"

using namespace san;
using namespace san::copy;
using namespace san::partition;
using namespace san::copy::map_format;
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

namespace {

/// An interrupted run: blocks from 16 to `to` are known, the head is hidden, and its mark is that of the map.
struct Interrupted : Setting {
  explicit Interrupted(std::uint64_t to) : guard(*disk, [](const Error&) {}) {
    guard.enter(kHead, map->begin_epoch(1, true));
    guard.advance([&](const Error*, const Epoch& epoch) { progress(epoch); });
    know(16, to);
  }
  void progress(const Epoch& epoch) { map->add(record_of(1, Record::Kind::progress, epoch)); }
  RangeSet stale(DeltaMode mode = DeltaMode::automatic) { return decide(mode).stale(); }
  RangeSet all() const { return {{0, disk->size()}}; }

  BootRegionGuard guard;
};

const DeltaMode kModes[] = {DeltaMode::automatic, DeltaMode::trust};

}  // namespace

TEST_CASE("a map without the head is unfinished, and believed with the mark that it speaks of") {
  Interrupted run(100);
  const auto decision = run.decide();
  CHECK(decision.state == Work::unfinished);
  CHECK(decision.stale().empty());
  CHECK(decision.examined == 2 * kBlock);  // the first and the last one
  CHECK(run.decide(DeltaMode::trust).examined == 0);
  CHECK(run.stale(DeltaMode::compare) == run.all());
}

TEST_CASE("without its mark an unfinished map is not believed, whatever the mode") {
  for (const DeltaMode mode : kModes) {
    Interrupted run(100);
    SUBCASE("made anew") {
      std::fill(run.disk->bytes().begin(), run.disk->bytes().end(), std::byte{0});
    }
    SUBCASE("a head that is there") {
      std::fill_n(run.disk->bytes().begin(), MiB, std::byte{1});
    }
    SUBCASE("the mark of another run") {
      std::fill_n(run.disk->bytes().begin(), MiB, std::byte{0});
      const auto elsewhere = disk_of(Content(8 * MiB));
      BootRegionGuard guard(*elsewhere, [](const Error&) {});
      guard.enter(kHead, Token::random());
      std::copy_n(elsewhere->bytes().begin(), MiB, run.disk->bytes().begin());
    }
    SUBCASE("something wrote a table into the head") {
      run.disk->bytes()[510] = std::byte{0x55};
    }
    CHECK(run.stale(mode) == run.all());
  }
}

TEST_CASE("a disk that was rolled back is behind the map; a map that was brought back is behind the disk") {
  Interrupted run(100);
  const Content earlier(run.disk->bytes().begin(), run.disk->bytes().end());
  const Content earlier_map = file_content(run.dir / "map");
  run.guard.advance([&](const Error*, const Epoch& epoch) { run.progress(epoch); });
  run.know(100, 110);
  CHECK(run.stale().empty());
  const Content later(run.disk->bytes().begin(), run.disk->bytes().end());
  const Content later_map = file_content(run.dir / "map");

  std::copy(earlier.begin(), earlier.end(), run.disk->bytes().begin());
  CHECK(run.stale(DeltaMode::trust) == run.all());
  std::copy(later.begin(), later.end(), run.disk->bytes().begin());
  run.map.reset();
  run.dir.file("map", earlier_map);
  run.map = CloneMap::open(run.dir / "map", run.subject(), false);
  CHECK(run.stale().empty());

  // Another run begins by that map and goes its own way: the map of the first does not fit any more.
  run.guard.renew(run.map->begin_epoch(1, true));
  run.know(0, 0);
  CHECK(run.stale().empty());
  run.map.reset();
  run.dir.file("map", later_map);
  run.map = CloneMap::open(run.dir / "map", run.subject(), false);
  CHECK(run.stale(DeltaMode::trust) == run.all());
}

TEST_CASE("between the commit of an epoch and its mark the one before is as good, until more is known") {
  Interrupted run(100);
  const Token next = run.map->begin_epoch(1, true);
  run.know(0, 0);
  CHECK(run.stale().empty());
  const Content old_mark(run.disk->bytes().begin(), run.disk->bytes().begin() + MiB);
  run.guard.renew(next);
  CHECK(run.stale().empty());
  run.guard.advance([&](const Error*, const Epoch& epoch) { run.progress(epoch); });
  run.know(100, 101);
  CHECK(run.stale().empty());
  std::copy(old_mark.begin(), old_mark.end(), run.disk->bytes().begin());
  CHECK(run.stale() == run.all());
}

TEST_CASE("a sample that is wrong casts doubt on all, in spite of the mark") {
  Interrupted run(100);
  std::fill(run.disk->bytes().begin() + MiB, run.disk->bytes().end(), std::byte{1});
  CHECK(run.stale() == run.all());
  CHECK(run.stale(DeltaMode::trust).empty());
}

TEST_CASE(
    "a partition of an unfinished clone that was mounted by its offset is read back, whatever is known of "
    "it") {
  PartitionTable table;
  Partition& one = table.partitions.emplace_back();
  one.offset = 2 * MiB;
  one.length = 4 * MiB;
  const RangeSet partition = {{2 * MiB, 4 * MiB}};
  Interrupted run(16);
  const test::ExtImage ext;
  std::copy(ext.bytes().begin(), ext.bytes().end(), run.disk->bytes().begin() + 2 * MiB);
  const auto stale = [&] {
    return decide_delta(*run.map, 1, *run.disk, DeltaMode::automatic, &table).stale();
  };
  run.know(16, 17);
  CHECK_MESSAGE(stale().empty(), "nothing of the partition is known");
  run.know(33, 96);
  CHECK_MESSAGE(stale() == partition, "its superblock is there, and not known");
  run.know(32, 33);
  CHECK(stale().empty());
  run.disk->bytes()[2 * MiB + 1024 + 52] ^= std::byte{1};  // the count of mounts
  // The first of the known blocks is looked at as well, which would cast doubt on all.
  CHECK(stale() == partition);
  run.map->add({1, 32, 1, {}});
  run.know(0, 0);
  CHECK(stale() == partition);
  std::fill_n(run.disk->bytes().begin() + 2 * MiB, kBlock, std::byte{0});
  CHECK_MESSAGE(stale().empty(), "without a superblock there was nothing to mount");
}

TEST_CASE("a destination that shows that it was exchanged is read back") {
  for (const bool finished : {false, true})
    for (const DeltaMode mode : kModes) {
      Setting setting;
      MapSubject subject = setting.subject();
      subject.generations = {"", "first"};
      setting.map.reset();
      setting.map = CloneMap::open(setting.dir / "map", subject, false);
      setting.know(finished ? 0 : 16, setting.blocks());
      CHECK(!setting.map->replaced(1));
      subject.generations[1] = "second";
      setting.map.reset();
      setting.map = CloneMap::open(setting.dir / "map", subject, false);
      CHECK(setting.map->replaced(1));
      const auto decision = setting.decide(mode);
      CHECK(decision.state == (finished ? Work::finished : Work::unfinished));
      CHECK(decision.stale() == RangeSet{{0, setting.disk->size()}});
    }
}

TEST_CASE("--delta=trust trusts nothing where the head is not what the map says") {
  Setting setting;
  setting.know(0, setting.blocks());
  CHECK(setting.decide(DeltaMode::trust).stale().empty());
  setting.disk->bytes()[1000] ^= std::byte{1};
  CHECK(setting.decide(DeltaMode::trust).stale() == RangeSet{{0, setting.disk->size()}});
}

TEST_CASE("a map with the head counts as finished, also where another block is unknown") {
  Setting setting;
  setting.know(0, setting.blocks() - 10);
  CHECK(setting.decide().state == Work::finished);
  setting.map->add({1, 15, 1, {}});
  setting.know(0, 0);
  CHECK(setting.decide().state == Work::unfinished);
}

TEST_CASE("compare looks at nothing and means everything, trust at the head and means nothing") {
  Setting setting;
  setting.know(0, setting.blocks());
  for (const DeltaMode mode : {DeltaMode::compare, DeltaMode::trust}) {
    const auto decision = setting.decide(mode);
    CHECK(decision.state == Work::finished);
    CHECK(decision.examined == (mode == DeltaMode::trust ? MiB : 0));  // the head
    REQUIRE(decision.parts.size() == 1);
    CHECK(decision.stale() ==
          (mode == DeltaMode::compare ? RangeSet{{0, setting.disk->size()}} : RangeSet{}));
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
    CHECK(part.range.offset == at);
    at += part.range.length;
    CHECK(part.read_back);
    CHECK(!part.why.empty());
  }
  CHECK(at == setting.disk->size());
  CHECK(decision.parts[0].what == "outside of partitions");
  CHECK(decision.parts[1].what.starts_with("partition 1 ("));
  CHECK(decision.stale() == RangeSet{{0, setting.disk->size()}});
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
  decision.parts = {{"a", {0, 10}, true, ""},
                    {"b", {10, 10}, true, ""},
                    {"c", {20, 10}, false, ""},
                    {"d", {30, 10}, true, ""}};
  CHECK(decision.stale() == RangeSet{{0, 20}, {30, 10}});
  // Partitions of an unfinished clone may overlap.
  decision.parts = {{"a", {0, 100}, true, ""}, {"b", {10, 20}, true, ""}, {"c", {90, 20}, true, ""}};
  CHECK(decision.stale() == RangeSet{{0, 110}});
}
