// SPDX-License-Identifier: Apache-2.0
#include "copy/clone_checks.h"

#include "block/device_base.h"
#include "block/device_filter.h"
#include "copy/copy_checks.h"

using namespace san;
using namespace san::copy;
using namespace san::partition;

namespace {

std::vector<std::string> objections(ReadableDevice* source, const PartitionTable* table,
                                    ReadableDevice& destination, std::optional<std::uint64_t> size) {
  std::vector<std::string> texts;
  const CloneObjections found = clone_objections(source, table, destination, size, {});
  CHECK(found.overridden.empty());
  for (const Error& error : found.refusals) {
    CHECK(error.code() == Exit::refused);
    texts.emplace_back(error.what());
  }
  return texts;
}

/// A source of that size with a table that counts in blocks of `sector` bytes.
struct Source {
  Source(std::uint64_t size, TableKind kind, std::uint32_t sector) : disk("source", size) {
    table.kind = kind;
    table.sector_size = sector;
    table.device_block = sector;
    table.device_size = size;
    table.end = size / 2;
  }
  MemoryDevice disk;
  PartitionTable table;
};

/// Memory that cannot be written.
class ReadOnly final : public ReadableBase {
 public:
  const std::string& name() const override { return disk_.name(); }
  std::uint64_t size() const override { return disk_.size(); }
  Limits limits() const override { return disk_.limits(); }
  DeviceIdentity identity() const override {
    return {.id = "the one", .persistent_id = name(), .generation = {}};
  }
  std::vector<Extent> extents(std::uint64_t a, std::uint64_t b) override { return disk_.extents(a, b); }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    disk_.read(offset, into, std::move(done));
  }

 private:
  MemoryDevice disk_{"card", 4 * MiB};
};

/// As an image that QEMU has open.
class Image final : public DeviceFilter {
 public:
  Image() : DeviceFilter(memory()) {}
  Capabilities capabilities() const override { return {.has_blocks = false}; }

 private:
  static MemoryDevice& memory() {
    static MemoryDevice device("image", 8 * MiB);
    return device;
  }
};

}  // namespace

TEST_CASE("reasons of --force") {
  CHECK(!parse_overrides("").in_use);
  CHECK(parse_overrides("in-use").in_use);
  CHECK(!parse_overrides("in-use").block_size);
  CHECK(!parse_overrides("in-use").live);
  CHECK(parse_overrides("live").live);
  CHECK(!parse_overrides("live").in_use);
  CHECK(parse_overrides("block-size").block_size);
  const Overrides both = parse_overrides("block-size,in-use");
  CHECK(both.in_use);
  CHECK(both.block_size);
  for (const char* wrong : {"all", "in-use,,block-size", ",in-use", "IN-USE", "in-use block-size", ","}) {
    CAPTURE(wrong);
    const auto error = error_of([&] { parse_overrides(wrong); });
    REQUIRE(error);
    CHECK(error->code() == Exit::usage);
    CHECK(error->object() == "force");
    CHECK(error->hint() == "reasons are live, in-use, block-size, unknown-content and cut-source");
  }
}

TEST_CASE("nothing speaks against equal or larger destinations of the same blocks") {
  Source source(4 * MiB, TableKind::gpt, 512);
  MemoryDevice same("same", 4 * MiB), larger("larger", 8 * MiB);
  CHECK(objections(&source.disk, &source.table, same, 4 * MiB).empty());
  CHECK(objections(&source.disk, &source.table, larger, 4 * MiB).empty());
  CHECK(objections(nullptr, nullptr, same, std::nullopt).empty());
}

TEST_CASE("a smaller destination is refused, with what can be done") {
  Source source(4 * MiB, TableKind::mbr, 512);
  MemoryDevice smaller("lun", 3 * MiB), tiny("lun", MiB);
  auto texts = objections(&source.disk, &source.table, smaller, 4 * MiB);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] ==
        "lun: holds 3.0 MiB (3145728 bytes), the source source 4.0 MiB (4194304 bytes); create a larger "
        "volume; its partitions end at 2.0 MiB, "
        "so a copy of the image cut to the LUN's size would hold them all");
  texts = objections(&source.disk, &source.table, tiny, 4 * MiB);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] ==
        "lun: holds 1.0 MiB (1048576 bytes), the source source 4.0 MiB (4194304 bytes); create a larger "
        "volume, or shrink the last partition "
        "first");
  Source bare(4 * MiB, TableKind::none, 512);
  texts = objections(&bare.disk, &bare.table, smaller, 4 * MiB);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] ==
        "lun: holds 3.0 MiB (3145728 bytes), the source source 4.0 MiB (4194304 bytes); create a larger "
        "volume");
  MemoryDevice one_less("lun", 4 * MiB - 512);
  CHECK(objections(&source.disk, &source.table, one_less, 4 * MiB).size() == 1);
}

TEST_CASE("a file is extended, so it is never too small") {
  const TempDir dir;
  const auto file = open_image(dir.file("image", Content(512)));
  Source source(4 * MiB, TableKind::gpt, 4096);
  CHECK(objections(&source.disk, &source.table, *file, 4 * MiB).empty());
}

TEST_CASE("blocks of the destination must divide the size") {
  MemoryDevice source("source", 4 * MiB + 512), lun("lun", 8 * MiB, {}, 4096);
  const auto texts = objections(&source, nullptr, lun, source.size());
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] ==
        "lun: has blocks of 4096 bytes, and the 4194816 bytes of source are not a multiple of that; create a "
        "volume with blocks of 512 bytes, or extend the source to 4198400 bytes");
}

TEST_CASE("a table that counts in other blocks than the destination") {
  for (const TableKind kind : {TableKind::mbr, TableKind::gpt, TableKind::hybrid}) {
    Source source(4 * MiB, kind, 512);
    MemoryDevice lun("lun", 4 * MiB, {}, 4096);
    const auto texts = objections(&source.disk, &source.table, lun, 4 * MiB);
    REQUIRE(texts.size() == 1);
    CHECK(texts[0] ==
          "lun: has blocks of 4096 bytes, and the partition table of source counts in blocks of 512 bytes; "
          "create a volume with blocks of 512 bytes: nothing would find its partitions");
    const LogCapture log;
    Overrides forced;
    forced.block_size = true;
    const CloneObjections found = clone_objections(&source.disk, &source.table, lun, 4 * MiB, forced);
    CHECK(found.refusals.empty());
    CHECK(log.warnings().empty());
    REQUIRE(found.overridden.size() == 1);
    CHECK(found.overridden[0].reason == "block-size");
    CHECK(found.overridden[0].object == "lun");
    CHECK(found.overridden[0].cause ==
          "has blocks of 4096 bytes, and the partition table of source counts in blocks of 512 bytes");
  }
  // A table of 4096-byte blocks in an image file, whose own blocks are 512.
  Source source(4 * MiB, TableKind::gpt, 4096);
  source.table.device_block = 512;
  MemoryDevice right("lun", 4 * MiB, {}, 4096), wrong("lun", 4 * MiB);
  CHECK(objections(&source.disk, &source.table, right, 4 * MiB).empty());
  CHECK(objections(&source.disk, &source.table, wrong, 4 * MiB).size() == 1);
}

TEST_CASE("an image has no blocks of its own, though it cannot be resized") {
  Source source(4 * MiB, TableKind::gpt, 4096);
  MemoryDevice disk("disk", 8 * MiB);
  Image image;
  CHECK(objections(&source.disk, &source.table, disk, 4 * MiB).size() == 1);
  CHECK(objections(&source.disk, &source.table, image, 4 * MiB).empty());
  CHECK(objections(&source.disk, &source.table, image, 9 * MiB).size() == 1);  // but it has a size
}

TEST_CASE("a bare file system says nothing of blocks unless its disk had some of its own") {
  MemoryDevice lun512("lun", 4 * MiB), lun4096("lun", 4 * MiB, {}, 4096);
  Source file(4 * MiB, TableKind::none, 512);
  CHECK(objections(&file.disk, &file.table, lun4096, 4 * MiB).empty());
  Source disk(4 * MiB, TableKind::none, 4096);
  CHECK(objections(&disk.disk, &disk.table, lun4096, 4 * MiB).empty());
  CHECK(objections(&disk.disk, &disk.table, lun512, 4 * MiB).size() == 1);
}

TEST_CASE("the same device, and one that cannot be written") {
  ReadOnly card, again;
  const auto texts = objections(&card, nullptr, again, std::nullopt);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == "card: is the source card itself");
  CHECK(texts[1] == "card: is write protected; lift the protection on the target");
  // Two devices that cannot be told apart are not the same.
  MemoryDevice a("a", MiB), b("b", MiB);
  CHECK(objections(&a, nullptr, b, MiB).empty());
}
