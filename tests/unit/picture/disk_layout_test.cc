// SPDX-License-Identifier: Apache-2.0
#include "picture/disk_layout.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "copy/engine/boot_region.h"
#include "devices/fault_device.h"
#include "filesystem/ext_image.h"
#include "partition/iso_image.h"
#include "report/disk/layout_json.h"

using namespace san;
using namespace san::copy;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

namespace {

/// Sums that hold for every layout.
void check_sums(const DiskLayout& layout) {
  const LayoutTotals& t = layout.totals;
  CHECK(t.used + t.free + t.slack + t.unknown + t.table + t.unallocated + t.beyond == layout.size);
  CHECK(t.data + t.zero <= layout.size);
}

void put_image(MemoryDevice& disk, std::uint64_t offset, const test::Image& image) {
  std::ranges::copy(image.bytes(), disk.bytes().begin() + static_cast<std::ptrdiff_t>(offset));
}

const LayoutRegion& region_at(const DiskLayout& layout, std::uint64_t offset) {
  return *std::ranges::find_if(layout.regions, [&](const LayoutRegion& r) { return r.offset == offset; });
}

/// A GPT with an ext2 of 512 KiB in its partition of 1 MiB.
std::unique_ptr<MemoryDevice> ext_disk() {
  auto disk = test::gpt_disk(4 * MiB, 512, 512);
  put_image(*disk, MiB, test::ExtImage());
  return disk;
}

}  // namespace

TEST_CASE("a file system in a partition: used, free, and what it does not span") {
  const auto disk = ext_disk();
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 1);
  const LayoutVolume& volume = layout.volumes[0];
  const FreeSpace space = test::ExtImage().read();
  CHECK(volume.known);
  CHECK(volume.content == "ext2");
  CHECK(volume.label == "label");
  CHECK(volume.spanned == space.size);
  CHECK(volume.free == space.free_bytes);
  CHECK(volume.used == space.size - space.free_bytes);
  CHECK(volume.slack() == MiB - space.size);
  CHECK(volume.grow.empty());  // less than a MiB
  const LayoutRegion& region = region_at(layout, MiB);
  CHECK(region.used.total() == volume.used);
  CHECK(region.used.share(0, 4.0 / 1024) == 1.0);
  CHECK(region.used.share(0.6, 1) == 0.0);
  CHECK_FALSE(layout.tells_stored());
  CHECK(region.stored.empty());
  CHECK(layout.table.raw.block0.empty());
}

TEST_CASE("a file system of which nothing can be relied on is not known, never free") {
  auto disk = ext_disk();
  disk->bytes()[MiB + 1024 + 58] = std::byte{2};  // s_state: errors
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  CHECK_FALSE(layout.volumes[0].known);
  CHECK(layout.volumes[0].content == "ext2");
  CHECK_FALSE(layout.volumes[0].why_unknown.empty());
  CHECK(layout.totals.free == 0);
  CHECK(layout.totals.unknown == MiB);
  CHECK(region_at(layout, MiB).used.empty());
}

TEST_CASE("what cannot be read is not known, and the rest is drawn") {
  FaultDevice disk(ext_disk());
  disk.add({.op = FaultDevice::Op::read,
            .effect = FaultDevice::Fail{Error(Exit::failed, "disk", "bad block")},
            .offset = MiB,
            .length = MiB});
  const DiskLayout layout = read_disk_layout(disk);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 1);
  CHECK_FALSE(layout.volumes[0].known);
  CHECK(layout.volumes[0].fault);
  CHECK(layout.volumes[0].why_unknown.find("bad block") != std::string::npos);
  CHECK(layout.totals.unallocated > 0);
}

TEST_CASE("a file system that could grow by much says how") {
  auto disk = test::gpt_disk(8 * MiB, 512, 512);
  for (const std::uint64_t lba : {std::uint64_t{1}, std::uint64_t{16383}}) {
    GptCopy copy = test::parse_copy(*disk, lba);
    GptEntry entry = gpt_entry(copy, 0);
    entry.last_lba = 6 * MiB / 512 - 1;
    write_at(copy.entries, 0, entry);
    test::put_copy(*disk, copy, 512);
  }
  put_image(*disk, MiB, test::ExtImage());
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  CHECK(layout.volumes[0].grow == "let its ext2 grow by resize2fs /dev/sdX1");
}

TEST_CASE("a file system on the whole device, and nothing at all") {
  MemoryDevice whole("whole", 512 * KiB);
  put_image(whole, 0, test::ExtImage());
  DiskLayout layout = read_disk_layout(whole);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 1);
  CHECK(layout.volumes[0].entry.number == 0);
  CHECK(layout.volumes[0].content == "ext2");
  CHECK(layout.regions.size() == 1);
  MemoryDevice blank("blank", MiB);
  layout = read_disk_layout(blank);
  check_sums(layout);
  CHECK(layout.totals.unknown == MiB);
  MemoryDevice none("none", 0);
  CHECK_NOTHROW(check_sums(read_disk_layout(none)));
}

TEST_CASE("a table in doubt: what overlaps is not known") {
  auto disk = test::gpt_disk(4 * MiB, 512, 512);
  for (const std::uint64_t lba : {std::uint64_t{1}, std::uint64_t{8191}}) {
    GptCopy copy = test::parse_copy(*disk, lba);
    GptEntry entry = gpt_entry(copy, 0);
    entry.id.bytes[0] = 77;
    entry.first_lba = 3000;
    entry.last_lba = 5000;
    write_at(copy.entries, 128, entry);
    test::put_copy(*disk, copy, 512);
  }
  put_image(*disk, MiB, test::ExtImage());
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  CHECK(layout.totals.free == 0);
  CHECK(layout.volumes[0].content == "ext2");
  CHECK(layout.volumes[0].why_unknown == "it overlaps partition 2");
  CHECK(region_at(layout, std::uint64_t{3000} * 512).kind == Region::Kind::overlap);
}

TEST_CASE("what the device stores, region by region") {
  const auto disk = ext_disk();
  disk->set_extents({{0, MiB, Extent::Kind::data},
                     {MiB, MiB, Extent::Kind::zero},
                     {2 * MiB, MiB, Extent::Kind::data},
                     {3 * MiB, MiB, Extent::Kind::unknown}});
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  CHECK(layout.totals.data == 2 * MiB);
  CHECK(layout.totals.zero == MiB);
  CHECK(region_at(layout, 0).stored.share(0, 1) == 1.0);
  CHECK(region_at(layout, MiB).stored.total() == 0);
  CHECK_FALSE(region_at(layout, MiB).stored.empty());
  const LayoutRegion& rest = region_at(layout, 2 * MiB);
  CHECK(rest.stored.total() == MiB);
  CHECK(rest.unreported.total() == rest.length - MiB);
  CHECK(rest.storage(0, 0.5) == Storage::all);
  CHECK(rest.storage(0.6, 0.8) == Storage::unknown);
  const LayoutRegion& backup = layout.regions.back();
  CHECK(backup.stored.empty());
  CHECK(backup.storage(0, 1) == Storage::unknown);
  const Json json = to_json(layout);
  const Json& stored = json["regions"][json["regions"].size() - 2]["stored"];
  REQUIRE(stored.size() == 64);
  CHECK(stored[0] == rest.length / 64);
  CHECK(stored[63].is_null());
  CHECK(json["regions"].back()["stored"].is_null());
}

TEST_CASE("an isohybrid: the ISO is shown, and nothing of it is free") {
  const auto disk = test::isohybrid();
  const DiskLayout layout = read_disk_layout(*disk);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 2);
  CHECK(layout.volumes[0].entry.number == 0);
  CHECK(layout.volumes[0].content == "iso9660");
  CHECK(layout.volumes[0].label == "ISO");
  CHECK(layout.volumes[0].entry.length == 6 * MiB);
  CHECK(layout.volumes[1].entry.number == 2);
  CHECK(layout.volumes[1].why_unknown == "it overlaps iso9660 beside the partitions");
  CHECK(layout.totals.unallocated == 2 * MiB);
  CHECK(layout.totals.unknown == 6 * MiB - 512);
}

TEST_CASE("a boot sector in front of btrfs is no table, and of an empty one nothing is known") {
  MemoryDevice disk("disk", 4 * MiB);
  test::put_hex(disk, 510, "55aa");
  CHECK(read_disk_layout(disk).totals.unknown == 4 * MiB - 512);
  test::put_text(disk, 0x10040, "_BHRfS_M");
  const DiskLayout layout = read_disk_layout(disk);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 1);
  CHECK(layout.volumes[0].content == "btrfs");
  CHECK(layout.totals.unknown == 4 * MiB);
}

TEST_CASE("a device in too many pieces is not asked for all of them, and that is said") {
  MemoryDevice disk("disk", 256 * GiB / 4096);  // one window
  std::vector<Extent> extents;
  for (std::uint64_t at = 0; at < disk.size(); at += 1024)
    extents.push_back({at, 1024, at % 2048 == 0 ? Extent::Kind::data : Extent::Kind::zero});
  disk.set_extents(extents);
  LayoutOptions options;
  DiskLayout layout = read_disk_layout(disk, options);
  CHECK(layout.why_not_stored.empty());
  CHECK(layout.totals.data == disk.size() / 2);
  options.max_extents = 0;
  layout = read_disk_layout(disk, options);
  CHECK_FALSE(layout.why_not_stored.empty());
  CHECK_FALSE(layout.tells_stored());
  check_sums(layout);
}

TEST_CASE("JSON has bytes, and null for what is not known") {
  const auto disk = ext_disk();
  disk->set_extents({{0, 4 * MiB, Extent::Kind::data}});
  const Json json = to_json(read_disk_layout(*disk));
  CHECK(json["device"] == "disk");
  CHECK(json["size"] == 4 * MiB);
  CHECK(json["table"]["kind"] == "gpt");
  CHECK(json["table"]["problems"].empty());
  CHECK_FALSE(json["table"].contains("partitions"));
  const Json& partition = json["partitions"][0];
  CHECK(partition["number"] == 1);
  CHECK(partition["offset"] == MiB);
  CHECK(partition["content"] == "ext2");
  CHECK(partition["used"].get<std::uint64_t>() + partition["free"].get<std::uint64_t>() ==
        partition["file_system_size"].get<std::uint64_t>());
  CHECK(partition["why_unknown"].is_null());
  CHECK(partition["dirty"] == false);
  CHECK(json["allocation"]["data"] == 4 * MiB);
  std::uint64_t sum = 0;
  for (const Json& region : json["regions"]) sum += region["size"].get<std::uint64_t>();
  CHECK(sum == 4 * MiB);
  const Json& region = json["regions"][2];
  CHECK(region["kind"] == "partition");
  CHECK(region["partitions"] == Json::array({1}));
  CHECK(region["fill"].size() == 64);
  CHECK(region["stored"].size() == 64);

  MemoryDevice blank("blank", MiB);
  const Json none = to_json(read_disk_layout(blank));
  CHECK(none["partitions"][0]["number"].is_null());
  CHECK(none["partitions"][0]["used"].is_null());
  CHECK(none["partitions"][0]["dirty"].is_null());
  CHECK(none["allocation"]["data"].is_null());
  CHECK(none["allocation"]["unknown"] == MiB);
  CHECK(none["regions"][0]["fill"].is_null());
}

TEST_CASE("a clone that is not complete is named, with who writes it") {
  MemoryDevice disk("disk", 4 * MiB);
  BootRegionGuard guard(disk, [](const Error&) {});
  guard.enter(MiB, Token::random());
  std::fill_n(disk.bytes().begin() + 2 * MiB, MiB, std::byte{0xAA});
  const DiskLayout layout = read_disk_layout(disk);
  check_sums(layout);
  REQUIRE(layout.volumes.size() == 1);
  CHECK(layout.volumes[0].content == "unfinished clone");
  CHECK(layout.volumes[0].fault);
  CHECK(layout.volumes[0].why_unknown.starts_with("process " + std::to_string(getpid()) + " on "));
  // Without the mark it is an empty disk.
  std::fill_n(disk.bytes().begin(), MiB, std::byte{0});
  CHECK(read_disk_layout(disk).volumes[0].content != "unfinished clone");
  guard.leave();
}
