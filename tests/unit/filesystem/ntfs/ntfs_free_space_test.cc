// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>

#include "filesystem/ntfs/ntfs_layout.h"
#include "filesystem/ntfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

const std::vector<Range> kFree = {{55 * 1024, 5 * 1024}, {68 * 1024, 2 * 1024}, {71 * 1024, 184 * 1024}};

void refuses(const std::string& text, bool dirty, const std::function<void(NtfsImage&)>& change) {
  NtfsImage image;
  change(image);
  const FreeSpace space = image.read();
  CHECK_FALSE(space.known);
  CHECK(space.dirty == dirty);
  CHECK_MESSAGE(space.copy_whole_reason.find(text) != std::string::npos, space.copy_whole_reason);
}

}  // namespace

TEST_CASE("NTFS: free clusters; the backup boot sector stays") {
  const FreeSpace space = NtfsImage().read();
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
  CHECK(space.label == "V\xc3\xb6");
  CHECK(space.size == 511 * 512);
  CHECK(space.free == kFree);
}

TEST_CASE("NTFS: the flags of $Volume") {
  for (const char flags : {'\1', '\2', '\4', '\x10', '\x20', '\x40'})
    refuses("marked dirty", true, [&](NtfsImage& i) {
      i.start_record(3);
      std::string value("\0\0\0\0\0\0\0\0\3\1\0\0", 12);
      value[flags == '\x40' ? 11 : 10] = flags;
      i.resident(3, 0x70, {}, value);
    });
  NtfsImage history;
  history.start_record(3);
  history.resident(3, 0x70, {}, std::string("\0\0\0\0\0\0\0\0\3\1\x08\x80", 12));
  CHECK(history.read().known);
}

TEST_CASE("NTFS: $LogFile") {
  const auto known = [](std::uint16_t major, std::uint16_t minor, std::uint16_t clients,
                        std::uint16_t flags) {
    NtfsImage image;
    image.log(major, minor, clients, flags);
    return image.read().known;
  };
  CHECK(known(1, 1, 0xffff, 0));
  CHECK(known(1, 1, 0, 2));
  CHECK_FALSE(known(1, 1, 0, 0));
  CHECK_FALSE(known(2, 0, 0xffff, 2));  // Windows 8 and later, running or with its caches kept
  CHECK_FALSE(known(1, 0, 0xffff, 2));
  refuses("not closed cleanly", true, [](NtfsImage& i) { i.log(1, 1, 0, 0); });
  refuses("known to be clean", true, [](NtfsImage& i) { i.put8(44 * 1024, 0); });
  refuses("known to be clean", true, [](NtfsImage& i) {  // a torn page
    i.log(1, 1, 0xffff, 2);
    i.put16(48 * 1024 + 510, 0);
  });
  refuses("known to be clean", true, [](NtfsImage& i) {  // touched by chkdsk
    i.log(1, 1, 0xffff, 2);
    i.put(44 * 1024, "CHKD");
  });
  refuses("known to be clean", true, [](NtfsImage& i) { i.fill(60 * 1024 + 100, 1, 0); });
}

TEST_CASE("NTFS: hibernation") {
  const auto hibernated = [](const std::string& magic, const std::string& name = "hiberfil.sys") {
    NtfsImage image;
    image.name_in_root(20, name);
    image.put(70 * 1024, magic);
    const FreeSpace space = image.read();
    CHECK(space.known != space.dirty);
    return space.dirty;
  };
  CHECK(hibernated("hibr"));
  CHECK(hibernated("HIBR", "HiberFil.sys"));
  CHECK(hibernated("RSTR"));
  CHECK_FALSE(hibernated("wake"));
  CHECK_FALSE(hibernated(std::string(4, '\0')));
  CHECK_FALSE(hibernated("hibr", "hiberfil.sy"));
}

TEST_CASE("NTFS: shadow copies need what is free now") {
  const std::string identifier("\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52", 16);
  NtfsImage image;
  image.put(0x1e00, identifier);
  image.put32(0x1e00 + 20, 1);
  CHECK(image.read().known);  // enabled, none made
  image.put64(0x1e00 + 48, 100 * 1024);
  CHECK(image.read().copy_whole_reason.find("catalog of shadow copies") != std::string::npos);
  for (const std::size_t block : {100 * 1024, 120 * 1024}) {
    image.put(block, identifier);
    image.put32(block + 20, 2);
    image.put64(block + 128, 1);
  }
  image.put64(100 * 1024 + 40, 120 * 1024);
  CHECK(image.read().known);  // all entries unused
  image.put64(120 * 1024 + 16 * 1024 - 128, 3);
  CHECK(image.read().copy_whole_reason.find("restore points") != std::string::npos);
  image.put64(120 * 1024 + 16 * 1024 - 128, 0);
  image.put64(120 * 1024 + 40, 100 * 1024);  // a loop
  CHECK(image.read().copy_whole_reason.find("too long") != std::string::npos);
  image.put64(120 * 1024 + 40, 0);
  image.put8(0x1e00 + 80, 1);
  CHECK(image.read().copy_whole_reason.find("another volume") != std::string::npos);
}

TEST_CASE("NTFS: a bitmap in two pieces, the second told by an attribute list") {
  NtfsImage image;
  image.start_record(6);
  std::string list;
  const auto entry = [&](std::uint64_t record, std::uint64_t first_virtual) {
    Image one(32);
    one.put32(0, 0x80);
    one.put16(4, 32);
    one.put8(7, 26);
    one.put64(8, first_virtual);
    one.put64(16, record);
    list.append(reinterpret_cast<const char*>(one.bytes().data()), 32);
  };
  entry(6, 0);
  entry(21, 1);
  image.resident(6, 0x20, {}, list);
  image.non_resident(6, 0x80, {}, {{52, 1}}, 1024 + 32);
  image.start_record(21);
  image.non_resident(21, 0x80, {}, {{80, 1}}, 0, 1);
  image.set_bits(52 * 1024, 80, 1);
  const FreeSpace space = image.read();
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
  REQUIRE(space.free.size() == 4);
  CHECK(space.free[2] == Range{71 * 1024, 9 * 1024});

  image.set_bits(52 * 1024, 80, 1, false);  // the second piece is the bitmap's own too
  CHECK_FALSE(image.read().known);
  image.set_bits(52 * 1024, 80, 1);
  image.start_record(21);
  CHECK(image.read().copy_whole_reason.find("points to nothing") != std::string::npos);
}

TEST_CASE("NTFS: contradictions") {
  refuses("system files count as free", false, [](NtfsImage& i) { i.set_bits(52 * 1024, 0, 1, false); });
  refuses("system files count as free", false, [](NtfsImage& i) { i.set_bits(52 * 1024, 39, 1, false); });
  refuses("system files count as free", false, [](NtfsImage& i) { i.set_bits(52 * 1024, 52, 1, false); });
  refuses("system files count as free", false, [](NtfsImage& i) { i.set_bits(52 * 1024, 67, 1, false); });
  refuses("does not cover", false, [](NtfsImage& i) {
    i.start_record(6);
    i.non_resident(6, 0x80, {}, {{52, 1}}, 31);
  });
  refuses("outside of the volume", false, [](NtfsImage& i) {
    i.start_record(6);
    i.non_resident(6, 0x80, {}, {{255, 1}}, 32);
  });
  refuses("outside of the volume", false, [](NtfsImage& i) {
    i.start_record(6);
    i.non_resident(6, 0x80, {}, {{-3, 1}}, 32);
  });
  refuses("longer than its data runs", false, [](NtfsImage& i) {
    i.start_record(6);
    i.non_resident(6, 0x80, {}, {{52, 1}}, 1025);
  });
  refuses("not written whole", false, [](NtfsImage& i) { i.put16(NtfsImage::record(6) + 510, 0); });
  refuses("is not one", false, [](NtfsImage& i) { i.put8(NtfsImage::record(0), 'B'); });
  refuses("missing", false, [](NtfsImage& i) { i.put16(NtfsImage::record(6) + 22, 0); });
  refuses("attribute that cannot be", false,
          [](NtfsImage& i) { i.put32(NtfsImage::record(6) + 0x38 + 4, 4); });
  refuses("attribute that cannot be", false,
          [](NtfsImage& i) { i.put32(NtfsImage::record(6) + 0x38 + 4, 2000); });
  refuses("compressed", false, [](NtfsImage& i) { i.put16(NtfsImage::record(6) + 0x38 + 12, 1); });
  refuses("more than the partition", false, [](NtfsImage& i) { i.put64(40, 513); });
}

TEST_CASE("NTFS: sizes in the boot sector") {
  NtfsImage image;
  const auto layout = [&] { return ntfs_layout(*read_at<NtfsBoot>(image.bytes(), 0)); };
  REQUIRE(layout());
  CHECK(layout()->cluster == 1024);
  CHECK(layout()->clusters == 255);
  CHECK(layout()->record == 1024);
  image.put8(64, 0xf6);
  CHECK(layout()->record == 1024);
  image.put8(64, 0xf4);
  CHECK(layout()->record == 4096);
  image.put8(64, 0xe0);
  CHECK_FALSE(layout());
  image.put8(64, 0xf6);
  image.put8(13, 0xff);
  CHECK(layout()->cluster == 1024);
  image.put8(13, 0xf8);  // 256 sectors
  image.put64(48, 0);
  CHECK(layout()->cluster == 131072);
  image.put8(13, 0x81);
  CHECK_FALSE(layout());
  image.put8(13, 3);
  CHECK_FALSE(layout());
  image.put8(13, 2);
  image.put64(48, 255);
  CHECK_FALSE(layout());
  image.put64(48, 8);
  image.put64(40, ~std::uint64_t{0});
  CHECK_FALSE(layout());
}
