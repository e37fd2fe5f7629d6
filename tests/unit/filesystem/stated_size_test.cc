// SPDX-License-Identifier: Apache-2.0
// What is made by its own mkfs is in tests/system/cut_oracles.sh.
#include "filesystem/stated_size.h"

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

std::optional<StatedSize> stated(const Image& image) {
  MemoryDevice device("disk", MiB + image.size() + MiB, std::byte{0x5A});
  std::ranges::copy(image.bytes(), device.bytes().begin() + MiB);
  return stated_size(device, MiB, image.size());
}

void check(const Image& image, const char* type, std::uint64_t needed, std::uint64_t whole) {
  const auto found = stated(image);
  REQUIRE(found);
  CHECK(found->type == type);
  CHECK(found->needed == needed);
  CHECK(found->whole == whole);
}

Image iso(std::uint32_t blocks) {
  Image image(64 * KiB);
  image.put8(0x8000, 1);
  image.put(0x8001, "CD001");
  image.put32(0x8000 + 80, blocks);
  image.put16(0x8000 + 128, 2048);
  return image;
}

}  // namespace

TEST_CASE("stated size: file systems, also where there is less of them") {
  check(ExtImage(), "ext2", 457 * 1024, 457 * 1024);
  Image larger = ExtImage();
  larger.put32(ExtImage::kSuper + 4, 0x10000000);
  check(larger, "ext2", std::uint64_t{0x10000000} * 1024, std::uint64_t{0x10000000} * 1024);
  Image wide = ExtImage();  // 64bit
  wide.put32(ExtImage::kSuper + 0x60, 0x80);
  wide.put32(ExtImage::kSuper + 0x150, 3);
  CHECK(stated(wide)->needed == ((std::uint64_t{3} << 32) + 457) * 1024);
  const XfsImage xfs(5);
  CHECK(stated(xfs)->type == "XFS");
  CHECK(stated(xfs)->needed == stated(xfs)->whole);
  CHECK(stated(xfs)->needed == xfs.size());
  const NtfsImage ntfs;
  CHECK(stated(ntfs)->type == "NTFS");
  CHECK(stated(ntfs)->whole == stated(ntfs)->needed + 512);
  for (const unsigned bits : {12U, 16U, 32U}) {
    const FatImage fat(bits);
    CHECK(stated(fat)->type == "FAT");
    CHECK(stated(fat)->needed <= stated(fat)->whole);
    CHECK(stated(fat)->needed > 0);
  }
}

TEST_CASE("stated size: what other layers say") {
  Image lvm(64 * KiB);
  lvm.put(512, "LABELONE");
  CHECK_FALSE(stated(lvm));
  lvm.put32(512 + 20, 32);
  lvm.put(512 + 24, "LVM2 001");
  lvm.put64(512 + 32 + 32, 7 * GiB);
  check(lvm, "LVM physical volume", 7 * GiB, 7 * GiB);
  lvm.put32(512 + 20, 0xFFFFFFF0);
  CHECK_FALSE(stated(lvm));

  Image raid(64 * KiB);
  raid.put32(4096, 0xa92b4efc);
  raid.put64(4096 + 80, 1000);    // used
  raid.put64(4096 + 128, 264);    // where data begin
  raid.put64(4096 + 136, 20000);  // room for them
  check(raid, "member of a RAID array", 1264 * 512, 1264 * 512);
  raid.put64(4096 + 80, 0);
  check(raid, "member of a RAID array", 20264 * 512, 20264 * 512);
  raid.put64(4096 + 128, ~std::uint64_t{0});
  CHECK(stated(raid)->needed == ~std::uint64_t{0});

  Image btrfs(128 * KiB);
  btrfs.put(0x10040, "_BHRfS_M");
  btrfs.put64(0x10000 + 0xc9 + 8, 9 * GiB);
  check(btrfs, "btrfs", 9 * GiB, 9 * GiB);

  Image squashfs(64 * KiB);
  squashfs.put(0, "hsqs");
  squashfs.put64(40, 12345);
  check(squashfs, "squashfs", 12345, 12345);

  Image f2fs(64 * KiB);
  f2fs.put(1024, "\x10\x20\xf5\xf2");
  f2fs.put32(1024 + 16, 12);
  f2fs.put64(1024 + 36, 16384);
  check(f2fs, "F2FS", 64 * MiB, 64 * MiB);
  f2fs.put(1024 + 2201, "/dev/sdb");
  CHECK_FALSE(stated(f2fs));

  Image swap(64 * KiB);
  swap.put(4086, "SWAPSPACE2");
  swap.put32(1024, 1);
  swap.put32(1028, 255);
  check(swap, "swap area", MiB, MiB);
  swap.put32(1024, 0x01000000);  // of a machine with the other byte order
  CHECK_FALSE(stated(swap));
}

TEST_CASE("stated size: the padding of an ISO image need not be there") {
  check(iso(1000), "ISO 9660", 850 * 2048, 1000 * 2048);
  check(iso(100), "ISO 9660", 0, 100 * 2048);
  Image odd = iso(1000);
  odd.put16(0x8000 + 128, 1000);
  CHECK_FALSE(stated(odd));
}

TEST_CASE("stated size: nothing, and two things at once") {
  CHECK_FALSE(stated(Image(64 * KiB)));
  CHECK_FALSE(stated(Image(512)));
  Image both = ExtImage();
  both.put(0, "LUKS\xba\xbe");
  CHECK_FALSE(stated(both));
  MemoryDevice device("disk", 64 * KiB);
  CHECK_FALSE(stated_iso_size(device));
}
