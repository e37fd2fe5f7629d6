// SPDX-License-Identifier: Apache-2.0
#include "filesystem/end_signatures.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/endian.h"
#include "core/units.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;
using Effect = EndSignature::Effect;

constexpr const char* kRaid = "Linux takes the disk for a member of a RAID";
constexpr const char* kTable = "sgdisk, gdisk and parted take the partition table that was on it before";

constexpr std::uint64_t kSector = 512;

/// RAID of firmware: a fixed number of sectors from the end, and bytes there.
struct FirmwareRaid {
  std::uint64_t sectors;
  std::uint64_t offset;
  std::string_view magic;
  const char* name;
};
constexpr FirmwareRaid kFirmwareRaids[] = {
    {1, 0, "\xDE\x11\xDE\x11"sv, "DDF"},
    {257, 0, "\xDE\x11\xDE\x11"sv, "DDF"},
    {2, 0, "Intel Raid ISM Cfg Sig. "sv, "Intel"},
    {1, 0, "$XIDE$"sv, "LSI"},
    {2, 0, "NVIDIA"sv, "NVIDIA"},
    {1, 0x60, "\x00\x00\x00\x2F"sv, "Silicon Image"},
    {11, 0, "\xF3\x16\x78\x5A"sv, "HighPoint"},
    {11, 0, "\xFD\x16\x78\x5A"sv, "HighPoint"},
    {63, 0, "Promise Technology, Inc."sv, "Promise"},
};

/// The end of a disk, by offsets from its beginning.
class Tail {
 public:
  Tail(std::span<const std::byte> bytes, std::uint64_t size)
      : bytes_(bytes.last(std::min<std::uint64_t>(bytes.size(), size))),
        size_(size),
        begin_(size - bytes_.size()) {}

  std::vector<EndSignature> run() {
    md_old();
    md();
    for (const FirmwareRaid& raid : kFirmwareRaids) {
      if (size_ / kSector < raid.sectors) continue;
      look(raid.magic, (size_ / kSector - raid.sectors) * kSector + raid.offset,
           std::string("the superblock of a RAID by firmware (") + raid.name + ")", Effect::member, kRaid);
    }
    drbd();
    zfs();
    gpt();
    if (size_ >= kSector) {
      const std::uint64_t last = size_ / kSector * kSector - kSector;
      look("GEOM::"sv, last, "a label of GEOM", Effect::member,
           "FreeBSD takes the disk for a part of another");
      look("NTFS    "sv, last + 3, "the copy of an NTFS boot sector");
    }
    std::sort(found_.begin(), found_.end(),
              [](const EndSignature& a, const EndSignature& b) { return a.offset < b.offset; });
    return std::move(found_);
  }

 private:
  bool has(std::string_view magic, std::uint64_t offset) const {
    return offset >= begin_ && offset - begin_ <= bytes_.size() &&
           bytes_.size() - (offset - begin_) >= magic.size() &&
           std::memcmp(bytes_.data() + (offset - begin_), magic.data(), magic.size()) == 0;
  }

  bool look(std::string_view magic, std::uint64_t offset, std::string name, Effect effect = Effect::none,
            const char* consequence = "") {
    if (!has(magic, offset)) return false;
    found_.push_back({offset, magic.size(), std::move(name), effect, consequence});
    return true;
  }

  /// Version 0.90, in the byte order of the machine that made it: in the last 64 KiB but one.
  void md_old() {
    if (size_ < 128 * KiB) return;
    const std::uint64_t offset = round_down(size_, 64 * KiB) - 64 * KiB;
    for (const std::string_view magic : {"\xFC\x4E\x2B\xA9\0\0\0\0"sv, "\xA9\x2B\x4E\xFC\0\0\0\0"sv})
      if (look(magic, offset, "an md superblock (version 0.90)", Effect::member, kRaid)) return;
  }

  /// Version 1.0: it says itself where it belongs, in sectors.
  void md() {
    if (size_ < 16 * KiB) return;
    const std::uint64_t offset = round_down(size_, 4 * KiB) - 8 * KiB;
    if (!has("\xFC\x4E\x2B\xA9\x01\0\0\0"sv, offset)) return;
    const auto own = read_at<le64>(bytes_, offset - begin_ + 144);
    if (own && *own == offset / kSector)
      look("\xFC\x4E\x2B\xA9\x01\0\0\0"sv, offset, "an md superblock (version 1.0)", Effect::member, kRaid);
  }

  /// Versions 8 and 9: 4 KiB, whose magic number is in byte 60.
  void drbd() {
    if (size_ < 64 * KiB) return;
    for (const std::string_view magic : {"\x83\x74\x02\x6B"sv, "\x83\x74\x02\x6C"sv, "\x83\x74\x02\x6D"sv})
      look(magic, size_ - 4 * KiB + 60, "the metadata of DRBD", Effect::member,
           "Linux takes the disk for a replica of DRBD");
  }

  /// The last two of four labels of 256 KiB, each with an array of uberblocks in its second half; four of
  /// these make a member for libblkid.
  void zfs() {
    if (size_ < 64 * MiB) return;
    for (const std::uint64_t back : {2U, 1U}) zfs_label(round_down(size_, 256 * KiB) - back * 256 * KiB);
  }

  void zfs_label(std::uint64_t label) {
    for (std::uint64_t at = label + 128 * KiB; at < label + 256 * KiB; at += KiB)
      for (const std::string_view magic : {"\x0C\xB1\xBA\0\0\0\0\0"sv, "\0\0\0\0\0\xBA\xB1\x0C"sv})
        if (look(magic, at, "a label of ZFS", Effect::member, "the disk is taken for a member of a ZFS pool"))
          return;
  }

  void gpt() {
    for (const std::uint64_t block : {512U, 4096U})
      if (size_ >= 2 * block)
        look("EFI PART"sv, size_ / block * block - block, "the backup of a GPT", Effect::table, kTable);
  }

  const std::span<const std::byte> bytes_;
  const std::uint64_t size_, begin_;
  std::vector<EndSignature> found_;
};

constexpr std::uint64_t kBtrfsCopies[] = {64 * MiB, 256 * GiB};

/// ext keeps copies in the groups 1 and the powers of 3, 5 and 7; with blocks of 4 KiB a group is 128 MiB.
constexpr std::uint64_t kExtGroups[] = {1, 3, 5, 7, 9, 25, 27, 49, 81, 125, 243, 343, 625, 729, 2187, 2401};
constexpr std::uint64_t kExtGroup = 128 * MiB;

}  // namespace

std::vector<EndSignature> end_signatures(std::span<const std::byte> tail, std::uint64_t size) {
  return Tail(tail, size).run();
}

std::vector<std::uint64_t> superblock_copies(std::uint64_t size) {
  std::vector<std::uint64_t> places(std::begin(kBtrfsCopies), std::end(kBtrfsCopies));
  for (const std::uint64_t group : kExtGroups) places.push_back(group * kExtGroup);
  std::erase_if(places, [size](std::uint64_t at) { return at + kSuperblockCopy > size; });
  std::sort(places.begin(), places.end());
  return places;
}

EndSignature superblock_copy(std::span<const std::byte> block, std::uint64_t offset) {
  const auto magic = [&](std::size_t at, std::string_view text) {
    return at + text.size() <= block.size() && std::memcmp(block.data() + at, text.data(), text.size()) == 0;
  };
  const auto own = read_at<le64>(block, 48);
  if (magic(64, "_BHRfS_M"sv) && own && *own == offset)
    return {offset + 64, 8, "the copy of a btrfs superblock"};
  const auto group = read_at<le16>(block, 90);
  if (magic(56, "\x53\xEF"sv) && group && *group != 0 && *group * kExtGroup == offset)
    return {offset + 56, 2, "the copy of an ext superblock"};
  return {};
}

}  // namespace san::filesystem
