// SPDX-License-Identifier: Apache-2.0
#include "filesystem/fat/fat_layout.h"

#include <fmt/core.h>

#include <bit>
#include <cstring>

#include "core/units.h"
#include "filesystem/volume/text.h"

namespace san::filesystem {
namespace {

void identify(FatLayout& layout, const FatBoot16& tail) {
  layout.state = tail.state;
  // 0x29 says that the three fields behind it are there; 0x28 that only the volume ID is.
  if (tail.boot_signature != 0x28 && tail.boot_signature != 0x29) return;
  const std::uint32_t id = tail.volume_id;
  layout.uuid = fmt::format("{:04X}-{:04X}", id >> 16, id & 0xffff);
  if (tail.boot_signature == 0x29) layout.label = fixed_text(tail.label);
  if (layout.label == "NO NAME") layout.label.clear();
}

}  // namespace

std::optional<FatLayout> fat_layout(const FatBoot& boot) {
  const std::uint64_t sector = boot.bytes_per_sector;
  const std::uint64_t per_cluster = boot.sectors_per_cluster;
  if (boot.signature != 0xaa55 || !std::has_single_bit(sector) || sector < 512 || sector > 4096 ||
      !std::has_single_bit(per_cluster) || boot.reserved_sectors == 0 || boot.fats == 0 || boot.fats > 4 ||
      (boot.media != 0xf0 && boot.media < 0xf8) ||
      (boot.jump[0] != std::byte{0xeb} && boot.jump[0] != std::byte{0xe9}))
    return std::nullopt;

  FatBoot16 old;
  std::memcpy(&old, boot.specific, sizeof(old));
  FatBoot32 wide;
  std::memcpy(&wide, boot.specific, sizeof(wide));

  const std::uint64_t total =
      boot.total_sectors16 != 0 ? std::uint64_t{boot.total_sectors16} : std::uint64_t{boot.total_sectors32};
  const std::uint64_t fat_sectors =
      boot.fat_sectors16 != 0 ? std::uint64_t{boot.fat_sectors16} : std::uint64_t{wide.fat_sectors32};
  const std::uint64_t root_sectors = round_up(std::uint64_t{boot.root_entries} * 32, sector) / sector;
  const std::uint64_t data = boot.reserved_sectors + boot.fats * fat_sectors + root_sectors;
  if (fat_sectors == 0 || total <= data) return std::nullopt;
  const std::uint64_t clusters = (total - data) / per_cluster;

  FatLayout layout;
  // The number of clusters alone decides, by the specification. FAT32 with few clusters exists all the same
  // (mkfs.fat -F 32 on a small ESP) and tells itself by a FAT size that only FAT32 has.
  layout.bits = boot.fat_sectors16 == 0 ? 32 : clusters < 4085 ? 12 : 16;
  const std::uint64_t most = layout.bits == 32 ? 0x0ffffff5 : layout.bits == 16 ? 65524 : 4084;
  if (clusters == 0 || clusters > most) return std::nullopt;
  if ((clusters + 2) * layout.bits > fat_sectors * sector * 8) return std::nullopt;

  layout.clusters = static_cast<std::uint32_t>(clusters);
  layout.fats = boot.fats;
  layout.fat_offset = boot.reserved_sectors * sector;
  layout.fat_size = fat_sectors * sector;
  layout.data_offset = data * sector;
  layout.cluster_size = per_cluster * sector;
  layout.size = total * sector;
  if (layout.bits == 32) {
    if (boot.root_entries != 0 || wide.version != 0) return std::nullopt;
    layout.root_cluster = wide.root_cluster;
    if (wide.info_sector != 0 && wide.info_sector < boot.reserved_sectors)
      layout.info_offset = wide.info_sector * sector;
    layout.one_active = (wide.ext_flags & 0x80) != 0;
    layout.active = wide.ext_flags & 0xf;
    identify(layout, wide.tail);
  } else {
    if (boot.root_entries == 0) return std::nullopt;
    identify(layout, old);
  }
  return layout;
}

}  // namespace san::filesystem
