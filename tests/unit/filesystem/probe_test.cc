// SPDX-License-Identifier: Apache-2.0
#include "filesystem/probe.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "filesystem/ext_image.h"
#include "filesystem/fat_image.h"
#include "filesystem/ntfs_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;
using std::string_view_literals::operator""sv;

namespace {

Probe probe_image(const Image& image) {
  MemoryDevice device("image", image.size());
  std::ranges::copy(image.bytes(), device.bytes().begin());
  return probe(device, 0, image.size());
}

Probe probe_bytes(std::size_t at, std::string_view magic, std::size_t size = 2 * MiB) {
  Image image(size);
  image.put(at, magic);
  return probe_image(image);
}

}  // namespace

TEST_CASE("probe: file systems with a reader") {
  CHECK(probe_image(ExtImage()).type == "ext2");
  CHECK(probe_image(ExtImage()).label == "label");
  CHECK(probe_image(ExtImage()).uuid == "30313233-3435-3637-3839-616263646566");
  CHECK(probe_image(XfsImage(4)).type == "xfs v4");
  CHECK(probe_image(XfsImage(5)).type == "xfs v5");
  CHECK(probe_image(XfsImage(5)).label == "label");
  CHECK(probe_image(NtfsImage()).type == "ntfs");
  CHECK(probe_image(NtfsImage()).uuid == "0123456789ABCDEF");
  CHECK(probe_image(ExfatImage()).type == "exfat");
  CHECK(probe_image(ExfatImage()).uuid == "CAFE-0123");
  for (const unsigned bits : {12U, 16U, 32U}) {
    const Probe found = probe_image(FatImage(bits));
    CHECK(found.type == "fat" + std::to_string(bits));
    CHECK(found.label == "TEST");
    CHECK(found.uuid == "1234-5678");
  }
  CHECK(probe_bytes(4086, "SWAPSPACE2").kind == Probe::Kind::swap);
  CHECK(probe_bytes(65526, "SWAPSPACE2").kind == Probe::Kind::swap);
}

TEST_CASE("probe: ext2, ext3, ext4 and a journal by their features") {
  ExtImage image;
  image.put32(1024 + 0x5c, 0x4);
  CHECK(probe_image(image).type == "ext3");
  image.put32(1024 + 0x60, 0x40);
  CHECK(probe_image(image).type == "ext4");
  image.put32(1024 + 0x60, 0x8);
  CHECK(probe_image(image).type == "jbd");
  CHECK(probe_image(image).kind == Probe::Kind::other);
}

TEST_CASE("probe: what has no reader") {
  CHECK(probe_bytes(512, "LABELONE").type == "lvm");
  CHECK(probe_bytes(0, "QFI\xfb").type == "qcow2");
  CHECK(probe_bytes(512, "\x57\x45\x56\x82").type == "disklabel");
  CHECK(probe_bytes(0, "LUKS\xba\xbe").type == "luks");
  CHECK(probe_bytes(0x10040, "_BHRfS_M").type == "btrfs");
  CHECK(probe_bytes(4096, "\xfc\x4e\x2b\xa9").type == "linux_raid");
  CHECK(probe_bytes(3, "-FVE-FS-").type == "bitlocker");
  CHECK(probe_bytes(0x204, "!Stra0tis\x86\xff\x02^\x41rh").type == "stratis");
  // ZFS: any of 128 uberblocks, in either byte order.
  CHECK(probe_bytes((128 + 77) * KiB, "\x0c\xb1\xba\0\0\0\0\0"sv).type == "zfs_member");
  CHECK(probe_bytes(255 * KiB, "\0\0\0\0\0\xba\xb1\x0c"sv).type == "zfs_member");
  CHECK(probe_bytes(256 * KiB, "\0\0\0\0\0\xba\xb1\x0c"sv).type == "unknown");
  // md: version 1.0 8 KiB before the end, rounded down to 4 KiB; 0.90 at the last whole 64 KiB but one.
  CHECK(probe_bytes(2 * MiB - 8 * KiB, "\xfc\x4e\x2b\xa9").type == "linux_raid");
  CHECK(probe_bytes(2 * MiB - 64 * KiB, "\xfc\x4e\x2b\xa9", 2 * MiB + 512).type == "linux_raid");
}

TEST_CASE("probe: two signatures exclude each other") {
  ExtImage image;
  image.put(4096, "\xfc\x4e\x2b\xa9");
  const Probe found = probe_image(image);
  CHECK(found.kind == Probe::Kind::ambiguous);
  CHECK(found.copy_whole_reason.find("ext2 and linux_raid") != std::string::npos);
  CHECK_FALSE(image.read().known);
}

TEST_CASE("probe: a file system below a partition table is what was there before") {
  ExtImage image;
  image.put16(510, 0xaa55);
  CHECK(probe_image(image).kind == Probe::Kind::ext);  // a boot loader
  image.put8(446 + 4, 0x83);
  image.put32(446 + 8, 2048);
  image.put32(446 + 12, 4096);
  CHECK(probe_image(image).kind == Probe::Kind::ambiguous);
  CHECK_FALSE(image.read().known);
  CHECK(probe_image(FatImage(16)).kind == Probe::Kind::fat);
}

TEST_CASE("probe: nothing, and too little for anything") {
  CHECK(probe_image(Image(MiB)).type == "unknown");
  CHECK(probe_image(Image(512)).type == "unknown");
  CHECK(probe_image(Image(0)).type == "unknown");
  CHECK(probe_image(Image(MiB, std::byte{0xff})).type == "unknown");
}
