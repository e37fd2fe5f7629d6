// SPDX-License-Identifier: Apache-2.0
#include "filesystem/end_signatures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/endian.h"
#include "core/units.h"

using namespace san;
using namespace san::filesystem;
using namespace std::string_view_literals;

namespace {

constexpr std::uint64_t kSize = 80 * MiB + 512;

/// The end of a disk of kSize bytes, with `text` at `offset` of that disk.
struct Disk {
  std::vector<std::byte> tail = std::vector<std::byte>(kEndBytes);

  Disk& put(std::uint64_t offset, std::string_view text) {
    std::memcpy(tail.data() + (offset - (kSize - kEndBytes)), text.data(), text.size());
    return *this;
  }
  std::vector<EndSignature> seen() const { return end_signatures(tail, kSize); }
};

}  // namespace

TEST_CASE("each is found in its place, and nowhere else") {
  struct Case {
    std::uint64_t offset;
    std::string_view bytes, name;
    EndSignature::Effect effect;
  };
  using Effect = EndSignature::Effect;
  const Case cases[] = {
      {80 * MiB - 64 * KiB, "\xFC\x4E\x2B\xA9\0\0\0\0"sv, "0.90", Effect::member},
      {80 * MiB - 64 * KiB, "\xA9\x2B\x4E\xFC\0\0\0\0"sv, "0.90", Effect::member},
      {kSize - 4096 + 60, "\x83\x74\x02\x6D"sv, "DRBD", Effect::member},
      {80 * MiB - 128 * KiB + 4096, "\x0C\xB1\xBA\0\0\0\0\0"sv, "ZFS", Effect::member},
      {80 * MiB - 256 * KiB - 1024, "\0\0\0\0\0\xBA\xB1\x0C"sv, "ZFS", Effect::member},
      {kSize - 512, "\xDE\x11\xDE\x11"sv, "DDF", Effect::member},
      {kSize - 257 * 512, "\xDE\x11\xDE\x11"sv, "DDF", Effect::member},
      {kSize - 1024, "Intel Raid ISM Cfg Sig. "sv, "Intel", Effect::member},
      {kSize - 512, "$XIDE$"sv, "LSI", Effect::member},
      {kSize - 1024, "NVIDIA"sv, "NVIDIA", Effect::member},
      {kSize - 63 * 512, "Promise Technology, Inc."sv, "Promise", Effect::member},
      {kSize - 512, "EFI PART"sv, "GPT", Effect::table},
      {80 * MiB - 4096, "EFI PART"sv, "GPT", Effect::table},
      {kSize - 512 + 3, "NTFS    "sv, "NTFS", Effect::none},
      {kSize - 512, "GEOM::LABEL"sv, "GEOM", Effect::member},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const auto found = Disk().put(one.offset, one.bytes).seen();
    REQUIRE(found.size() == 1);
    CHECK(found[0].offset == one.offset);
    CHECK(found[0].length >= 4);
    CHECK(found[0].name.find(one.name) != std::string::npos);
    CHECK(found[0].effect == one.effect);
    CHECK(found[0].consequence.empty() == (one.effect == Effect::none));
    CHECK(Disk().put(one.offset - 1, one.bytes).seen().empty());
    CHECK(Disk().put(one.offset - 1024, one.bytes).seen().size() <= (one.name == "ZFS" ? 1 : 0));
  }
  CHECK(Disk().seen().empty());
}

TEST_CASE("an md superblock of version 1 counts where it says that it is") {
  const std::uint64_t place = 80 * MiB - 8 * KiB;
  Disk disk;
  disk.put(place, "\xFC\x4E\x2B\xA9\x01\0\0\0"sv);
  CHECK(disk.seen().empty());
  const le64 sector(place / 512);
  disk.put(place + 144, {reinterpret_cast<const char*>(&sector), sizeof(sector)});
  REQUIRE(disk.seen().size() == 1);
  CHECK(disk.seen()[0].name == "an md superblock (version 1.0)");
}

TEST_CASE("what is not there cannot be seen, however short the end is") {
  Disk disk;
  disk.put(kSize - 512, "EFI PART"sv).put(80 * MiB - 64 * KiB, "\xFC\x4E\x2B\xA9\0\0\0\0"sv);
  CHECK(disk.seen().size() == 2);
  for (std::size_t length = 0; length < 2048; length += 7) {
    const auto found = end_signatures(std::span(disk.tail).last(length), kSize);
    CHECK(found.size() == (length >= 512 ? 1 : 0));
    for (const std::uint64_t size : {std::uint64_t{length}, std::uint64_t{length / 2}, std::uint64_t{0}})
      CHECK_NOTHROW(end_signatures(std::span(disk.tail).last(length), size));
  }
}

TEST_CASE("copies of superblocks are where the file systems put them") {
  CHECK(superblock_copies(64 * MiB).empty());
  CHECK(superblock_copies(64 * MiB + 4096) == std::vector<std::uint64_t>{64 * MiB});
  const auto places = superblock_copies(300 * GiB);
  CHECK(std::is_sorted(places.begin(), places.end()));
  CHECK(std::ranges::find(places, 256 * GiB) != places.end());
  CHECK(std::ranges::find(places, 128 * MiB) != places.end());

  std::vector<std::byte> block(kSuperblockCopy);
  CHECK(superblock_copy(block, 128 * MiB).name.empty());
  std::memcpy(block.data() + 56, "\x53\xEF", 2);
  CHECK(superblock_copy(block, 128 * MiB).name.empty());  // the first superblock of a file system
  block[90] = std::byte{1};
  CHECK(superblock_copy(block, 128 * MiB).name == "the copy of an ext superblock");
  CHECK(superblock_copy(block, 384 * MiB).name.empty());
  CHECK(superblock_copy({}, 0).name.empty());
  std::memcpy(block.data() + 64, "_BHRfS_M", 8);
  const le64 own(64 * MiB);
  std::memcpy(block.data() + 48, &own, sizeof(own));
  CHECK(superblock_copy(block, 64 * MiB).name == "the copy of a btrfs superblock");
  CHECK(superblock_copy(block, 64 * MiB).offset == 64 * MiB + 64);
}
