// SPDX-License-Identifier: Apache-2.0
#include "filesystem/mount_evidence.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "filesystem/ext_image.h"
#include "filesystem/fat_image.h"
#include "filesystem/ntfs_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

using Ranges = std::vector<Range>;

constexpr std::uint64_t kOffset = MiB;

/// Of the image as a partition from 1 MiB on of a disk.
MountEvidence evidence_of(const Image& image) {
  MemoryDevice device("disk", kOffset + image.size() + MiB, std::byte{0x5A});
  std::ranges::copy(image.bytes(), device.bytes().begin() + kOffset);
  return mount_evidence(device, kOffset, image.size());
}

/// Its ranges, from the front of the partition.
Ranges ranges_of(const Image& image) {
  const MountEvidence evidence = evidence_of(image);
  REQUIRE(evidence.ranges);
  Ranges ranges;
  for (const Range& range : *evidence.ranges) ranges.push_back({range.offset - kOffset, range.length});
  return ranges;
}

}  // namespace

TEST_CASE("mount evidence: ext2, ext3, ext4 have the superblock, and the journal's where it is known") {
  ExtImage image;
  CHECK(evidence_of(image).type == "ext2");
  CHECK(evidence_of(image).enough == 1);
  CHECK(ranges_of(image) == Ranges{{1024, 1024}});
  image.put8(1024 + 0xFD, 1);
  image.put32(1024 + 0x10C, 300);
  CHECK(ranges_of(image) == Ranges{{1024, 1024}, {300 * 1024, 1024}});
  // An extent tree: header, and one extent of 100 blocks from block 310 on.
  image.put16(1024 + 0x10C, 0xF30A);
  image.put16(1024 + 0x10C + 2, 1);
  image.put16(1024 + 0x10C + 4, 4);
  image.put16(1024 + 0x10C + 6, 0);
  image.put16(1024 + 0x10C + 12 + 4, 100);
  image.put32(1024 + 0x10C + 12 + 8, 310);
  CHECK(ranges_of(image) == Ranges{{1024, 1024}, {310 * 1024, 1024}});
  image.put16(1024 + 0x10C + 12 + 6, 1);  // far outside
  CHECK(ranges_of(image) == Ranges{{1024, 1024}});
}

TEST_CASE(
    "mount evidence: XFS has superblock and log, and none where the log is elsewhere or makes no sense") {
  for (const int version : {4, 5}) {
    XfsImage image(version);
    CHECK(ranges_of(image) == Ranges{{0, 512}, {XfsImage::kLog, 16 * 1024}});
    CHECK(evidence_of(image).enough == 1);
    image.put64be(48, 0);
    if (version == 5) image.checksums();
    CHECK(!evidence_of(image).ranges);
    image.put64be(48, (3 << 6) | 16);
    if (version == 5) image.checksums();
    CHECK(!evidence_of(image).ranges);
    image.put64be(48, (1 << 6) | 16);
    image.put32be(96, 200);
    if (version == 5) image.checksums();
    CHECK(!evidence_of(image).ranges);
  }
}

TEST_CASE("mount evidence: NTFS has boot sector, MFT, log and bitmap") {
  CHECK(evidence_of(NtfsImage()).type == "ntfs");
  const Ranges ranges = ranges_of(NtfsImage());
  const auto has = [&](std::uint64_t at, std::uint64_t length) {
    return std::ranges::find(ranges, Range{at, length}) != ranges.end();
  };
  CHECK(has(0, 512));
  CHECK(has(8 * 1024, 32 * 1024));
  CHECK(has(44 * 1024, 8 * 1024));
  CHECK(has(60 * 1024, 8 * 1024));
  CHECK(has(52 * 1024, 1024));
  const MountEvidence evidence = evidence_of(NtfsImage());
  CHECK(Ranges(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(evidence.enough)) ==
        Ranges{{0, 512}, {8 * 1024, 32 * 1024}});
}

TEST_CASE("mount evidence: none in FAT, exFAT, and what is not known") {
  for (const unsigned bits : {12U, 16U, 32U}) CHECK(!evidence_of(FatImage(bits)).ranges);
  CHECK(!evidence_of(ExfatImage()).ranges);
  CHECK(!evidence_of(Image(MiB)).ranges);
  CHECK(!evidence_of(Image(MiB, std::byte{0xFF})).ranges);
}
