// SPDX-License-Identifier: Apache-2.0
#include "filesystem/block_size.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/units.h"
#include "filesystem/ext/ext_super.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_layout.h"
#include "filesystem/ntfs/ntfs_layout.h"
#include "filesystem/probe.h"
#include "filesystem/volume/readers.h"
#include "filesystem/volume/volume.h"
#include "filesystem/xfs/xfs_format.h"

namespace san {
namespace {

using Answer = BlockSizeFit::Answer;

BlockSizeFit same(const std::string& type, std::uint64_t sector, std::uint64_t block) {
  if (sector == block) return {Answer::works, {}};
  return {Answer::fails, fmt::format("it is {} made for sectors of {} bytes", type, sector)};
}

BlockSizeFit at_least(const std::string& type, const char* what, std::uint64_t size, std::uint64_t block) {
  if (size >= block) return {Answer::works, {}};
  return {Answer::fails, fmt::format("it is {} with {} of {} bytes", type, what, size)};
}

/// Bytes of a sector of every segment of a LUKS2 header, by its JSON area (LUKS2 On-Disk Format
/// Specification 1.1.3, 2.1 and 3.3); 512 where there is a doubt.
std::uint64_t luks_sector(Volume& volume) {
  constexpr std::uint64_t kBinary = 4096, kMaxHeader = 4 * MiB;
  const std::uint64_t least = 512;
  if (volume.get<be16>(6, "header") != 2) return least;
  const std::uint64_t header = volume.get<be64>(8, "header");
  if (header <= kBinary || header > kMaxHeader) return least;
  std::string text(static_cast<std::size_t>(header - kBinary), '\0');
  volume.read(kBinary, std::as_writable_bytes(std::span(text)), "header");
  text.resize(text.find('\0') == std::string::npos ? text.size() : text.find('\0'));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("segments") || !json["segments"].is_object()) return least;
  std::uint64_t smallest = kMaxHeader;
  for (const Json& segment : json["segments"]) {
    const bool known =
        segment.is_object() && segment.contains("sector_size") && segment["sector_size"].is_number_unsigned();
    smallest = std::min(smallest, known ? segment["sector_size"].get<std::uint64_t>() : least);
  }
  return smallest == kMaxHeader ? least : smallest;
}

/// Offsets: struct btrfs_super_block, include/uapi/linux/btrfs_tree.h.
constexpr std::uint64_t kBtrfsSectorSize = 0x10000 + 144;

BlockSizeFit judge(Volume& volume, std::uint64_t block) {
  const Probe found = probe(volume);
  switch (found.kind) {
    case Probe::Kind::fat:
      return same("FAT", volume.get<FatBoot>(0, "boot sector").bytes_per_sector, block);
    case Probe::Kind::ntfs:
      return same("NTFS", ntfs_layout(volume.get<NtfsBoot>(0, "boot sector"))->sector, block);
    case Probe::Kind::exfat: {
      const unsigned shift = volume.get<ExfatBoot>(0, "boot sector").sector_shift;
      return same("exFAT", shift < 32 ? std::uint64_t{1} << shift : 0, block);
    }
    case Probe::Kind::xfs:
      return at_least("XFS", "sectors", volume.get<XfsSuper>(0, "superblock").sector_size, block);
    case Probe::Kind::ext: {
      const auto super = volume.get<std::array<std::byte, kExtSuperSize>>(kExtSuperOffset, "superblock");
      return at_least(found.type, "blocks", parse_ext_super(super)->block_size, block);
    }
    case Probe::Kind::swap:
      return at_least("a swap area", "pages", find_swap(volume)->page_size, block);
    case Probe::Kind::other:
      if (found.type == "btrfs")
        return at_least("btrfs", "sectors", volume.get<le32>(kBtrfsSectorSize, "superblock"), block);
      if (found.type == "luks" && luks_sector(volume) >= block) return {Answer::works, {}};
      return {Answer::unknown, fmt::format("it holds {}, and what is inside cannot be seen", found.type)};
    case Probe::Kind::none:
    case Probe::Kind::ambiguous:
      break;
  }
  return {Answer::unknown, found.copy_whole_reason};
}

}  // namespace

BlockSizeFit block_size_fit(Device& device, std::uint64_t offset, std::uint64_t length, std::uint32_t block) {
  Volume volume(device, offset, length);
  try {
    return judge(volume, block);
  } catch (const MetadataError& whole) {
    return {Answer::unknown, whole.why};
  }
}

}  // namespace san
