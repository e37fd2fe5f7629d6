// SPDX-License-Identifier: Apache-2.0
#include "filesystem/probe.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/units.h"
#include "filesystem/ext/ext_super.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_layout.h"
#include "filesystem/ntfs/ntfs_layout.h"
#include "filesystem/volume/readers.h"
#include "filesystem/volume/text.h"
#include "filesystem/volume/volume.h"
#include "filesystem/xfs/xfs_format.h"
#include "partition/mbr.h"

namespace san {
namespace {

using namespace std::string_view_literals;

/// Something recognised whose free space is not read. The places and bytes are those of util-linux's
/// libblkid/src/superblocks, one source file a format.
struct Other {
  const char* type;
  std::uint64_t offset;
  std::string_view magic;
  const char* why;
  std::uint64_t uuid = 0;  ///< where 16 bytes of UUID are; 0: nowhere
  std::uint64_t label = 0;
  std::size_t label_size = 0;
};

constexpr const char* kNoReader = "there is no reader for its free space";
constexpr const char* kLayered = "its content is only visible through another layer";
constexpr const char* kEncrypted = "it is encrypted";

constexpr Other kOthers[] = {
    {"lvm", 0x000, "LABELONE"sv, kLayered},
    {"lvm", 0x200, "LABELONE"sv, kLayered},
    {"lvm", 0x400, "LABELONE"sv, kLayered},
    {"lvm", 0x600, "LABELONE"sv, kLayered},
    {"disklabel", 0x200, "\x57\x45\x56\x82"sv, kLayered},
    {"qcow2", 0, "QFI\xfb"sv, kLayered},
    {"vhdx", 0, "vhdxfile"sv, kLayered},
    {"luks", 0, "LUKS\xba\xbe"sv, kEncrypted},
    {"bitlocker", 3, "-FVE-FS-"sv, kEncrypted},
    {"btrfs", 0x10040, "_BHRfS_M"sv, kNoReader, 0x10020, 0x1012b, 256},
    {"bcachefs", 0x1018, "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef"sv, kNoReader},
    {"bcache", 0x1018, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"sv, kLayered,
     0x1028},
    {"linux_raid", 0, "\xfc\x4e\x2b\xa9"sv, kLayered, 16, 32, 32},
    {"linux_raid", 0x1000, "\xfc\x4e\x2b\xa9"sv, kLayered, 0x1010, 0x1020, 32},
    {"integrity", 0, "integrt\0"sv, kLayered},
    {"verity", 0, "verity\0\0"sv, kLayered},
    {"vdo", 0, "dmvdo001"sv, kLayered},
    {"stratis", 0x204, "!Stra0tis\x86\xff\x02^\x41rh"sv, kLayered},
    {"ceph_bluestore", 0, "bluestore block device"sv, kNoReader},
    {"oracleasm", 32, "ORCLDISK"sv, kNoReader},
    {"vmfs", 0x100000, "\x0d\xd0\x01\xc0"sv, kNoReader},
    {"refs", 3, "ReFS\0\0\0\0"sv, kNoReader},
    {"apfs", 32, "NXSB"sv, kNoReader},
    {"hfsplus", 1024, "H+"sv, kNoReader},
    {"hfsplus", 1024, "HX"sv, kNoReader},
    {"hfs", 1024, "BD"sv, kNoReader},
    {"f2fs", 1024, "\x10\x20\xf5\xf2"sv, kNoReader},
    {"nilfs2", 1024 + 6, "\x34\x34"sv, kNoReader},  // NOLINT(modernize-raw-string-literal)
    {"jfs", 0x8000, "JFS1"sv, kNoReader},
    {"reiserfs", 0x10034, "ReIsEr"sv, kNoReader},
    {"reiser4", 0x10000, "ReIsEr4"sv, kNoReader},
    {"gfs2", 0x10000, "\x01\x16\x19\x70"sv, kNoReader},
    {"ufs", 0x2000 + 1372, "\x54\x19\x01\x00"sv, kNoReader},
    {"ufs", 0x10000 + 1372, "\x19\x01\x54\x19"sv, kNoReader},
    {"ocfs2", 0x400, "OCFSV2"sv, kNoReader},
    {"ocfs2", 0x800, "OCFSV2"sv, kNoReader},
    {"ocfs2", 0x1000, "OCFSV2"sv, kNoReader},
    {"ocfs2", 0x2000, "OCFSV2"sv, kNoReader},
    {"squashfs", 0, "hsqs"sv, kNoReader},
    {"erofs", 1024, "\xe2\xe1\xf5\xe0"sv, kNoReader},
    {"udf", 0x8001, "BEA01"sv, kNoReader},
    {"iso9660", 0x8001, "CD001"sv, kNoReader, 0, 0x8028, 32},
};

/// What was found, with a place for more than one.
class Finder {
 public:
  /// `tables`: whether a partition table at the front counts as a content.
  Finder(Volume& volume, bool tables) : volume_(volume), tables_(tables) {}

  Probe run() {
    boot_sector();
    if (tables_) partition_table();
    ext();
    xfs();
    swap();
    for (const Other& other : kOthers)
      if (has(other.offset, other.magic)) add(identified(other));
    raid_at_end();
    zfs();

    if (found_.empty()) return {Probe::Kind::none, "unknown", {}, {}, "it holds nothing that is recognised"};
    if (found_.size() == 1) return found_.front();
    std::string types = found_.front().type;
    for (std::size_t i = 1; i < found_.size(); ++i) types += " and " + found_[i].type;
    return {Probe::Kind::ambiguous,
            "unknown",
            {},
            {},
            fmt::format("it has the signatures of {} at once, and which is alive cannot be told", types)};
  }

 private:
  bool has(std::uint64_t offset, std::string_view magic) {
    if (!volume_.contains(offset, magic.size())) return false;
    std::array<std::byte, 32> bytes{};
    const std::span<std::byte> into = std::span(bytes).first(magic.size());
    volume_.read(offset, into, "content");
    return std::memcmp(into.data(), magic.data(), magic.size()) == 0;
  }

  void add(Probe probe) {
    for (const Probe& other : found_)
      if (other.type == probe.type) return;
    found_.push_back(std::move(probe));
  }

  Probe identified(const Other& other) {
    Probe probe{Probe::Kind::other, other.type, {}, {}, other.why};
    if (other.uuid != 0 && volume_.contains(other.uuid, 16)) probe.uuid = format_uuid(bytes(other.uuid, 16));
    if (other.label != 0 && volume_.contains(other.label, other.label_size))
      probe.label = fixed_text(bytes(other.label, other.label_size));
    // LUKS writes its UUID as text, and has a label since version 2: cryptsetup, lib/luks1/luks.h and
    // lib/luks2/luks2.h.
    if (probe.type == "luks" && volume_.contains(0, 512)) {
      probe.uuid = fixed_text(bytes(168, 40));
      if (volume_.get<be16>(6, "content") == 2) probe.label = fixed_text(bytes(24, 48));
    }
    return probe;
  }

  std::vector<std::byte> bytes(std::uint64_t offset, std::size_t size) {
    std::vector<std::byte> bytes(size);
    volume_.read(offset, bytes, "content");
    return bytes;
  }

  void boot_sector() {
    if (!volume_.contains(0, 512)) return;
    if (const auto boot = volume_.get<ExfatBoot>(0, "boot sector");
        std::memcmp(boot.name, "EXFAT   ", 8) == 0 && boot.signature == 0xaa55) {
      const std::uint32_t id = boot.serial;
      add({Probe::Kind::exfat, "exfat", {}, fmt::format("{:04X}-{:04X}", id >> 16, id & 0xffff), {}});
    }
    if (const auto layout = ntfs_layout(volume_.get<NtfsBoot>(0, "boot sector")))
      add({Probe::Kind::ntfs, "ntfs", {}, fmt::format("{:016X}", layout->serial), {}});
    if (const auto layout = fat_layout(volume_.get<FatBoot>(0, "boot sector")))
      add({Probe::Kind::fat, fmt::format("fat{}", layout->bits), layout->label, layout->uuid, {}});
  }

  /// A partition given to a virtual machine as its disk: the MBR leaves the superblock of ext4 and the header
  /// of a swap area that was there before alone.
  void partition_table() {
    if (!found_.empty() || !volume_.contains(0, 512)) return;
    std::array<std::byte, 512> sector{};
    volume_.read(0, sector, "boot sector");
    if (const auto mbr = parse_mbr(sector); mbr && lists_partitions(*mbr))
      add({Probe::Kind::other, "partitions", {}, {}, kLayered});
  }

  void ext() {
    if (!volume_.contains(kExtSuperOffset, kExtSuperSize)) return;
    std::array<std::byte, kExtSuperSize> bytes{};
    volume_.read(kExtSuperOffset, bytes, "superblock");
    const auto super = parse_ext_super(bytes);
    if (!super) return;
    if (super->type() == "jbd"sv)
      add({Probe::Kind::other, "jbd", super->label, super->uuid, "it is the journal of another file system"});
    else
      add({Probe::Kind::ext, super->type(), super->label, super->uuid, {}});
  }

  void xfs() {
    if (!volume_.contains(0, sizeof(XfsSuper))) return;
    const auto super = volume_.get<XfsSuper>(0, "superblock");
    if (super.magic != kXfsSuperMagic) return;
    add({Probe::Kind::xfs,
         fmt::format("xfs v{}", super.version & 0xf),
         fixed_text(super.name),
         format_uuid(super.uuid),
         {}});
  }

  void swap() {
    const auto header = find_swap(volume_);
    if (header) add({Probe::Kind::swap, "swap", header->label, header->uuid, {}});
  }

  /// Linux software RAID with its superblock at the end: the rest looks like what the array holds.
  void raid_at_end() {
    const std::uint64_t size = volume_.size();
    constexpr std::string_view magic = "\xfc\x4e\x2b\xa9";
    const bool at_end = (size >= 64 * KiB && has(round_down(size, 64 * KiB) - 64 * KiB, magic)) ||
                        (size >= 16 * KiB && has(round_down(size / 512 - 16, 8) * 512, magic));
    if (at_end) add({Probe::Kind::other, "linux_raid", {}, {}, kLayered});
  }

  /// ZFS leaves the first 8 KiB alone, so the superblock of an earlier ext4 survives there. Its own mark is
  /// in one of 128 uberblocks behind the first 128 KiB.
  void zfs() {
    for (std::uint64_t slot = 0; slot < 128; ++slot) {
      const std::uint64_t offset = (128 + slot) * KiB;
      if (has(offset, "\x0c\xb1\xba\0\0\0\0\0"sv) || has(offset, "\0\0\0\0\0\xba\xb1\x0c"sv)) {
        add({Probe::Kind::other, "zfs_member", {}, {}, kNoReader});
        return;
      }
    }
  }

  Volume& volume_;
  const bool tables_;
  std::vector<Probe> found_;
};

}  // namespace

Probe probe(Volume& volume) {
  return Finder(volume, true).run();
}

Probe probe_beside_table(Device& device) {
  Volume volume(device, 0, device.size());
  return Finder(volume, false).run();
}

Probe probe(Device& device, std::uint64_t offset, std::uint64_t length) {
  Volume volume(device, offset, length);
  return probe(volume);
}

}  // namespace san
