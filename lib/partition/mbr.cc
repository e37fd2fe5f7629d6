// SPDX-License-Identifier: Apache-2.0
#include "partition/mbr.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace san::partition {

std::optional<MbrSector> parse_mbr(std::span<const std::byte> sector0) {
  const auto mbr = read_at<MbrSector>(sector0, 0);
  if (!mbr || mbr->magic != kMbrMagic) return std::nullopt;
  for (const MbrEntry& entry : mbr->entries)
    if (entry.status != 0x00 && entry.status != 0x80) return std::nullopt;
  return mbr;
}

std::optional<MbrSector> parse_ebr(std::span<const std::byte> sector) {
  const auto ebr = read_at<MbrSector>(sector, 0);
  return ebr && ebr->magic == kMbrMagic ? ebr : std::nullopt;
}

std::optional<std::size_t> find_logical(const MbrSector& ebr) {
  for (std::size_t i = 0; i < ebr.entries.size(); ++i)
    if (ebr.entries[i].used() && !ebr.entries[i].is_extended()) return i;
  return std::nullopt;
}

std::optional<std::size_t> find_extended(const MbrSector& sector) {
  for (std::size_t i = 0; i < sector.entries.size(); ++i)
    if (sector.entries[i].used() && sector.entries[i].is_extended()) return i;
  return std::nullopt;
}

bool lists_partitions(const MbrSector& mbr) {
  return std::any_of(mbr.entries.begin(), mbr.entries.end(),
                     [](const MbrEntry& entry) { return entry.used(); });
}

bool has_protective_entry(const MbrSector& mbr) {
  return std::any_of(mbr.entries.begin(), mbr.entries.end(),
                     [](const MbrEntry& entry) { return entry.is_protective(); });
}

ChsBytes chs_of(std::uint64_t lba, ChsBytes too_large) {
  constexpr std::uint64_t kHeads = 255, kSectors = 63, kCylinders = 1024;
  if (lba >= kCylinders * kHeads * kSectors) return too_large;
  const std::uint64_t cylinder = lba / (kHeads * kSectors), head = lba / kSectors % kHeads;
  const std::uint64_t sector = lba % kSectors + 1;
  return {static_cast<std::uint8_t>(head), static_cast<std::uint8_t>(sector | (cylinder >> 8) << 6),
          static_cast<std::uint8_t>(cylinder & 0xFF)};
}

MbrSector protective_mbr(const MbrSector& base, std::uint64_t blocks) {
  MbrSector mbr = base;
  mbr.entries = {};
  MbrEntry& entry = mbr.entries[0];
  entry.type = 0xEE;
  entry.first_chs = {0x00, 0x02, 0x00};  // LBA 1, whatever the geometry
  entry.last_chs = chs_of(blocks - 1, {0xFF, 0xFF, 0xFF});
  entry.first_lba = 1;
  entry.sectors = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(blocks - 1, std::numeric_limits<std::uint32_t>::max()));
  mbr.magic = kMbrMagic;
  return mbr;
}

std::string mbr_type_id(std::uint8_t type) {
  return fmt::format("{:#04x}", type);
}

}  // namespace san::partition
