// SPDX-License-Identifier: Apache-2.0
#include "filesystem/stated_size.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/units.h"
#include "filesystem/btrfs/btrfs_format.h"
#include "filesystem/ext/ext_super.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_layout.h"
#include "filesystem/lvm_label.h"
#include "filesystem/ntfs/ntfs_layout.h"
#include "filesystem/probe.h"
#include "filesystem/volume/readers.h"
#include "filesystem/volume/volume.h"
#include "filesystem/xfs/xfs_format.h"
#include "partition/lba.h"

namespace san {
namespace {

using Size = std::optional<std::uint64_t>;

constexpr const char* kSuper = "superblock";

Size lvm_size(Volume& volume) {
  for (std::uint64_t sector = 0; sector < kLvmLabelSectors; ++sector) {
    const auto label = volume.get<LvmLabel>(sector * kLvmSector, "label");
    if (std::memcmp(label.id, "LABELONE", 8) != 0 || std::memcmp(label.type, "LVM2 001", 8) != 0) continue;
    return volume.get<LvmHeader>(sector * kLvmSector + label.offset, "label").size;
  }
  return std::nullopt;
}

/// Linux, struct mdp_superblock_1 in include/uapi/linux/raid/md_p.h; sizes count sectors of 512 bytes. Where
/// the superblock is at the end, it is cut off with it.
Size raid_size(Volume& volume) {
  for (const std::uint64_t at : {std::uint64_t{0}, 4 * KiB}) {
    if (!volume.contains(at, 256) || volume.get<le32>(at, kSuper) != 0xa92b4efc) continue;
    const std::uint64_t used = volume.get<le64>(at + 80, kSuper), begin = volume.get<le64>(at + 128, kSuper),
                        room = volume.get<le64>(at + 136, kSuper);
    // Levels that stripe without redundancy use all there is, and say 0.
    return saturating_mul(saturating_add(begin, used != 0 ? used : room), 512);
  }
  return std::nullopt;
}

/// struct btrfs_dev_item, the superblock's own device: what other devices hold does not count.
Size btrfs_size(Volume& volume) {
  return volume.get<le64>(kBtrfsSuperOffset + offsetof(BtrfsSuper, device) + 8, kSuper);
}

/// Linux, struct f2fs_super_block in include/linux/f2fs_fs.h. One of several devices cannot be told.
Size f2fs_size(Volume& volume) {
  constexpr std::uint64_t kAt = 1024;
  const std::uint32_t block_log = volume.get<le32>(kAt + 16, kSuper);
  if (block_log < 9 || block_log > 16 || volume.get<std::uint8_t>(kAt + 2201, kSuper) != 0)
    return std::nullopt;
  return saturating_mul(volume.get<le64>(kAt + 36, kSuper), std::uint64_t{1} << block_log);
}

std::optional<StatedSize> iso_size(Volume& volume) {
  // ECMA-119, 8.4: the primary volume descriptor is the first in sector 16. Sizes stand there in both orders.
  constexpr std::uint64_t kAt = 16 * 2048;
  if (!volume.contains(kAt, 2048) || volume.get<std::uint8_t>(kAt, kSuper) != 1) return std::nullopt;
  std::array<char, 5> id{};
  volume.read(kAt + 1, std::as_writable_bytes(std::span(id)), kSuper);
  const std::uint64_t block = volume.get<le16>(kAt + 128, kSuper);
  if (std::memcmp(id.data(), "CD001", id.size()) != 0 || !std::has_single_bit(block) || block < 512)
    return std::nullopt;
  const std::uint64_t whole = block * volume.get<le32>(kAt + 80, kSuper);
  // mkisofs -pad counts 150 sectors of zeros behind the last file, which other programs leave out.
  constexpr std::uint64_t kPadding = 150 * 2048;
  return StatedSize{"ISO 9660", whole - std::min(whole, kPadding), whole};
}

std::optional<StatedSize> exactly(const char* what, Size size) {
  return size ? std::optional(StatedSize{what, *size, *size}) : std::nullopt;
}

std::optional<StatedSize> judge_other(Volume& volume, const std::string& type) {
  if (type == "lvm") return exactly("LVM physical volume", lvm_size(volume));
  if (type == "linux_raid") return exactly("member of a RAID array", raid_size(volume));
  if (type == "btrfs") return exactly("btrfs", btrfs_size(volume));
  if (type == "f2fs") return exactly("F2FS", f2fs_size(volume));
  if (type == "squashfs") return exactly("squashfs", Size(volume.get<le64>(40, kSuper)));
  if (type == "iso9660") return iso_size(volume);
  return std::nullopt;
}

std::optional<StatedSize> judge(Volume& volume) {
  const Probe found = probe(volume);
  switch (found.kind) {
    case Probe::Kind::ext:
      break;
    case Probe::Kind::xfs: {
      const auto super = volume.get<XfsSuper>(0, kSuper);
      return exactly("XFS", saturating_mul(super.blocks, super.block_size));
    }
    case Probe::Kind::ntfs: {
      const auto layout = ntfs_layout(volume.get<NtfsBoot>(0, kSuper));
      return StatedSize{"NTFS", layout->size, layout->size + layout->sector};
    }
    case Probe::Kind::fat: {
      const auto layout = fat_layout(volume.get<FatBoot>(0, kSuper));
      return StatedSize{"FAT", layout->data_offset + layout->clusters * layout->cluster_size, layout->size};
    }
    case Probe::Kind::exfat: {
      const auto boot = volume.get<ExfatBoot>(0, kSuper);
      if (boot.sector_shift > 12 || boot.cluster_shift > 25 - boot.sector_shift) return std::nullopt;
      const std::uint64_t sector = std::uint64_t{1} << boot.sector_shift;
      const std::uint64_t needed =
          boot.cluster_heap_offset * sector + (boot.cluster_count * sector << boot.cluster_shift);
      return StatedSize{"exFAT", needed, std::max(needed, saturating_mul(boot.volume_length, sector))};
    }
    case Probe::Kind::swap: {
      const auto header = find_swap(volume);
      if (header->version != 1) return std::nullopt;
      return exactly("swap area", header->pages * header->page_size);
    }
    case Probe::Kind::other:
      if (found.type != "jbd") return judge_other(volume, found.type);
      break;
    case Probe::Kind::none:
    case Probe::Kind::ambiguous:
      return std::nullopt;
  }
  const auto super =
      parse_ext_super(volume.get<std::array<std::byte, kExtSuperSize>>(kExtSuperOffset, kSuper));
  return exactly(super->type(), saturating_mul(super->blocks, super->block_size));
}

std::optional<StatedSize> in(Device& device, std::uint64_t offset, std::uint64_t length,
                             std::optional<StatedSize> (*look)(Volume&)) {
  Volume volume(device, offset, length);
  try {
    return look(volume);
  } catch (const MetadataError&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<StatedSize> stated_size(Device& device, std::uint64_t offset, std::uint64_t length) {
  return in(device, offset, length, judge);
}

std::optional<StatedSize> stated_iso_size(Device& device) {
  return in(device, 0, device.size(), iso_size);
}

}  // namespace san
