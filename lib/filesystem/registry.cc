// SPDX-License-Identifier: Apache-2.0
#include "filesystem/registry.h"

#include <algorithm>
#include <array>

#include "filesystem/btrfs/btrfs_driver.h"
#include "filesystem/ext/ext_driver.h"
#include "filesystem/f2fs/f2fs_driver.h"
#include "filesystem/fat/fat_driver.h"
#include "filesystem/iso9660/iso9660_driver.h"
#include "filesystem/luks/luks_driver.h"
#include "filesystem/lvm/lvm_driver.h"
#include "filesystem/ntfs/ntfs_driver.h"
#include "filesystem/raid/raid_driver.h"
#include "filesystem/squashfs/squashfs_driver.h"
#include "filesystem/swap/swap_driver.h"
#include "filesystem/xfs/xfs_driver.h"
#include "filesystem/zfs/zfs_driver.h"
#include "partition/mbr.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

/// A partition given to a virtual machine as its disk: the MBR leaves the superblock of ext4 and the header
/// of a swap area that was there before alone.
std::optional<Identity> recognise_mbr(Volume& volume) {
  if (!volume.contains(0, 512)) return std::nullopt;
  const auto mbr = partition::parse_mbr(volume.get<std::array<std::byte, 512>>(0, "boot sector"));
  if (!mbr || !partition::lists_partitions(*mbr)) return std::nullopt;
  return Identity{"partitions", {}, {}};
}

/// A format that is only recognised: no more than its name is known.
struct Recognised {
  const char* type;
  const char* copy_whole_reason;
  Signature signatures[4];
  const char* why_no_files = nullptr;

  // NOLINTNEXTLINE(google-explicit-constructor): a line of the table below
  operator FileSystemDriver() const {
    FileSystemDriver driver{
        .type = type, .copy_whole_reason = copy_whole_reason, .why_no_files = why_no_files};
    std::ranges::copy(signatures, driver.signatures);
    return driver;
  }
};

}  // namespace

std::span<const FileSystemDriver> file_system_drivers() {
  static const FileSystemDriver table[] = {
      // Boot sectors, then the partition table, which looks like one of them.
      kExfatDriver,
      kNtfsDriver,
      kFatDriver,
      {.type = "partitions",
       .recognise = recognise_mbr,
       .partition_table = true,
       .copy_whole_reason = kLayered},
      kExtDriver,
      kExtJournalDriver,
      kXfsDriver,
      kSwapDriver,
      kLvmDriver,
      Recognised{"disklabel", kLayered, {{0x200, "\x57\x45\x56\x82"sv}}},
      Recognised{"qcow2", kLayered, {{0, "QFI\xfb"sv}}},
      Recognised{"vhdx", kLayered, {{0, "vhdxfile"sv}}},
      kLuksDriver,
      Recognised{"bitlocker", kEncrypted, {{3, "-FVE-FS-"sv}}, "is encrypted (BitLocker)"},
      kBtrfsDriver,
      Recognised{"bcachefs",
                 kNoReader,
                 {{0x1018, "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef"sv}}},
      Recognised{"bcache",
                 kLayered,
                 {{0x1018, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"sv, 0x1028}},
                 "is a device of bcache"},
      kRaidDriver,
      Recognised{"integrity", kLayered, {{0, "integrt\0"sv}}},
      Recognised{"verity", kLayered, {{0, "verity\0\0"sv}}},
      Recognised{"vdo", kLayered, {{0, "dmvdo001"sv}}},
      Recognised{"stratis", kLayered, {{0x204, "!Stra0tis\x86\xff\x02^\x41rh"sv}}},
      Recognised{"ceph_bluestore", kNoReader, {{0, "bluestore block device"sv}}},
      Recognised{"oracleasm", kNoReader, {{32, "ORCLDISK"sv}}},
      Recognised{"vmfs", kNoReader, {{0x100000, "\x0d\xd0\x01\xc0"sv}}},
      Recognised{"refs", kNoReader, {{3, "ReFS\0\0\0\0"sv}}},
      Recognised{"apfs", kNoReader, {{32, "NXSB"sv}}},
      Recognised{"hfsplus", kNoReader, {{1024, "H+"sv}, {1024, "HX"sv}}},
      Recognised{"hfs", kNoReader, {{1024, "BD"sv}}},
      kF2fsDriver,
      Recognised{"nilfs2", kNoReader, {{1024 + 6, "\x34\x34"sv}}},  // NOLINT(modernize-raw-string-literal)
      Recognised{"jfs", kNoReader, {{0x8000, "JFS1"sv}}},
      Recognised{"reiserfs", kNoReader, {{0x10034, "ReIsEr"sv}}},
      Recognised{"reiser4", kNoReader, {{0x10000, "ReIsEr4"sv}}},
      Recognised{"gfs2", kNoReader, {{0x10000, "\x01\x16\x19\x70"sv}}},
      Recognised{
          "ufs", kNoReader, {{0x2000 + 1372, "\x54\x19\x01\x00"sv}, {0x10000 + 1372, "\x19\x01\x54\x19"sv}}},
      Recognised{"ocfs2",
                 kNoReader,
                 {{0x400, "OCFSV2"sv}, {0x800, "OCFSV2"sv}, {0x1000, "OCFSV2"sv}, {0x2000, "OCFSV2"sv}}},
      kSquashfsDriver,
      Recognised{"erofs", kNoReader, {{1024, "\xe2\xe1\xf5\xe0"sv}}},
      Recognised{"udf", kNoReader, {{0x8001, "BEA01"sv}}},
      kIso9660Driver,
      kRaidAtEndDriver,
      kZfsDriver,
  };
  return table;
}

}  // namespace san::filesystem
