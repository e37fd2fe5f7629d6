// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>

#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

const std::vector<Range> kFree = {{8 * 1024, 4 * 1024},    {40 * 1024, 20 * 1024}, {72 * 1024, 4 * 1024},
                                  {104 * 1024, 20 * 1024}, {136 * 1024, 4 * 1024}, {142 * 1024, 6 * 1024}};

FreeSpace changed(unsigned version, bool deep, const std::function<void(XfsImage&)>& change) {
  XfsImage image(version, deep);
  change(image);
  if (version == 5) image.checksums();
  return image.read();
}

}  // namespace

TEST_CASE("XFS: free extents of versions 4 and 5, with B+trees of one and two levels") {
  for (const unsigned version : {4U, 5U}) {
    for (const bool deep : {false, true}) {
      const FreeSpace space = XfsImage(version, deep).read();
      CHECK_MESSAGE(space.known, space.copy_whole_reason);
      CHECK(space.type == "xfs v" + std::to_string(version));
      CHECK(space.size == 152 * 1024);
      CHECK(space.free == kFree);
    }
  }
}

TEST_CASE("XFS: the log has to end with an unmount") {
  const auto dirty = [](const std::function<void(XfsImage&)>& change) {
    const FreeSpace space = changed(4, false, change);
    CHECK_FALSE(space.known);
    return space.dirty;
  };
  constexpr std::size_t kLog = XfsImage::kLog;
  CHECK(dirty([](XfsImage& i) { i.fill(kLog, 512, 0); }));           // never written
  CHECK(dirty([](XfsImage& i) { i.put8(kLog + 512 + 9, 0x01); }));   // a transaction
  CHECK(dirty([](XfsImage& i) { i.put32be(kLog + 40, 2); }));        // something else with it
  CHECK(dirty([](XfsImage& i) { i.put32be(kLog + 12, 1024); }));     // not ending at the head
  CHECK(dirty([](XfsImage& i) { i.put64be(kLog + 16, 1); }));        // from elsewhere
  CHECK(dirty([](XfsImage& i) { i.put8(kLog + 304, 'x'); }));        // of another file system
  CHECK(dirty([](XfsImage& i) { i.put32be(kLog + 1024, 2); }));      // a block of this round behind it
  CHECK(dirty([](XfsImage& i) { i.put32be(kLog + 10 * 512, 2); }));  // and not next to it
  CHECK(dirty([](XfsImage& i) { i.put32be(kLog + 10 * 512, 7); }));
  CHECK_FALSE(
      changed(4, false, [](XfsImage& i) { i.put32be(kLog + 10 * 512, 1); }).dirty);  // the round before
}

TEST_CASE("XFS: the unmount record anywhere in a log that went round") {
  for (std::size_t at = 0; at < 32; ++at) {
    const FreeSpace space = changed(5, false, [&](XfsImage& i) {
      // Blocks before the record are of round 8, those behind it of round 7; a record in the last block
      // wraps.
      const bool wraps = at == 31;
      for (std::size_t block = 0; block < 32; ++block)
        i.put32be(XfsImage::kLog + block * 512, block < at && !wraps ? 8 : 7);
      i.fill(XfsImage::kLog + 4, 300, 0);
      i.unmount_record(at, wraps ? 7 : 8, wraps);
    });
    CHECK_MESSAGE(space.known, "block " << at << ": " << space.copy_whole_reason);
  }
}

TEST_CASE("XFS: contradictions in allocation groups and B+trees") {
  const auto refuses = [](const std::string& text, bool deep, const std::function<void(XfsImage&)>& change) {
    for (const unsigned version : {4U, 5U}) {
      const FreeSpace space = changed(version, deep, change);
      CHECK_FALSE(space.known);
      CHECK_FALSE(space.dirty);
      CHECK_MESSAGE(space.copy_whole_reason.find(text) != std::string::npos, space.copy_whole_reason);
    }
  };
  refuses("free blocks in its header", false, [](XfsImage& i) { i.put32be(i.agf(1) + 52, 23); });
  refuses("free blocks in its header", false, [](XfsImage& i) { i.put32be(i.agf(1) + 56, 19); });
  refuses("in the superblock", false, [](XfsImage& i) { i.put64be(144, 1); });
  refuses("in the superblock", false, [](XfsImage& i) { i.put32be(i.agf(0) + 48, 5); });
  refuses("header is not one", false, [](XfsImage& i) { i.put32be(i.agf(2) + 8, 1); });
  refuses("header is not one", false, [](XfsImage& i) { i.put32be(i.agf(2) + 12, 64); });
  refuses("cannot be", false, [](XfsImage& i) { i.put32be(i.extent(0, 0), 1); });       // the AG's own header
  refuses("cannot be", false, [](XfsImage& i) { i.put32be(i.extent(0, 1), 11); });      // overlaps
  refuses("cannot be", false, [](XfsImage& i) { i.put32be(i.extent(0, 1) + 4, 25); });  // beyond the AG
  refuses("cannot be", false,
          [](XfsImage& i) { i.put32be(i.extent(2, 1) + 4, 11); });  // beyond the short last AG
  refuses("cannot be", false, [](XfsImage& i) { i.put32be(i.extent(0, 1) + 4, 0); });
  refuses("log counts as free", false, [](XfsImage& i) { i.put32be(i.extent(1, 0) + 4, 9); });
  refuses("points outside", false, [](XfsImage& i) { i.put32be(i.agf(2) + 16, 24); });
  refuses("is not one", false, [](XfsImage& i) { i.put32be(i.agf(0) + 16, 3); });
  refuses("is not one", false, [](XfsImage& i) { i.put16be(i.tree(1) + 4, 1); });
  refuses("impossible B+tree", false, [](XfsImage& i) { i.put32be(i.agf(0) + 28, 0); });
  refuses("impossible B+tree", false, [](XfsImage& i) { i.put32be(i.agf(0) + 28, 10); });
  refuses("impossible B+tree", false, [](XfsImage& i) { i.put16be(i.tree(1) + 6, 1000); });
  refuses("impossible B+tree", false, [](XfsImage& i) { i.put32be(i.tree(1) + 12, 4); });
  refuses("impossible B+tree", true, [](XfsImage& i) { i.put32be(i.tree(0, 2) + 8, 4); });
  refuses("impossible B+tree", true, [](XfsImage& i) { i.put16be(i.tree(0, 1) + 6, 0); });
  refuses("impossible B+tree", true, [](XfsImage& i) {  // a loop of leaves
    i.put32be(i.tree(0, 2) + 12, 5);
    i.put32be(i.tree(0, 1) + 8, 0xffffffff);
  });
  refuses("impossible block or sector", false, [](XfsImage& i) { i.put8(120, 11); });
  refuses("do not fit", false, [](XfsImage& i) { i.put32be(88, 2); });
  refuses("more than the partition", false, [](XfsImage& i) { i.put64be(8, 153); });
  refuses("log does not lie", false, [](XfsImage& i) { i.put64be(48, (2 << 6) | 16); });
}

TEST_CASE("XFS: version 5 knows each block's checksum and place") {
  for (const std::size_t at : {200, 512 + 100, 4 * 1024 + 300}) {
    XfsImage image(5);
    image.put8(at, 0x5a);
    CHECK(image.read().copy_whole_reason.find("checksum") != std::string::npos);
  }
  const auto why = [](const std::function<void(XfsImage&)>& change) {
    return changed(5, false, change).copy_whole_reason;
  };
  CHECK(why([](XfsImage& i) { i.put64be(i.tree(1) + 16, 1); }).find("elsewhere") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put32be(i.tree(1) + 48, 0); }).find("elsewhere") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put8(i.tree(1) + 32, 0); }).find("elsewhere") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put8(i.agf(1) + 64, 0); }).find("another file system") != std::string::npos);
  // With its own UUID for metadata, the superblock's is free to change.
  CHECK(changed(5, false, [](XfsImage& i) {
          i.put(248, XfsImage::kUuid);
          i.put32be(216, 4);
          i.put(32, "another UUID 016");
          i.put(XfsImage::kLog + 304, "another UUID 016");
        }).known);
}

TEST_CASE("XFS: what is not supported is said") {
  const auto why = [](const std::function<void(XfsImage&)>& change) {
    return changed(5, false, change).copy_whole_reason;
  };
  CHECK(why([](XfsImage& i) { i.put64be(48, 0); }).find("another device") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put64be(16, 1); }).find("realtime") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put32be(216, 0x10); }).find("xfs_repair") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put32be(216, 0x200); }).find("realtime") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put32be(216, 0x80000000); }).find("not supported") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put32be(212, 0x80000000); }).find("not supported") != std::string::npos);
  CHECK(why([](XfsImage& i) { i.put16be(100, 0xa483); }).find("version 3") != std::string::npos);
  CHECK(changed(5, false, [](XfsImage& i) {
          i.put32be(212, 0xf);
          i.put32be(216, 0xeb);
        }).known);
}

TEST_CASE("XFS version 4 without lazy counters does not count the blocks of B+trees") {
  const FreeSpace space = changed(4, true, [](XfsImage& i) {
    i.put32be(200, 0x8);
    i.put64be(144, 58 + 12);
  });
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
}
