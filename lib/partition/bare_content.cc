// SPDX-License-Identifier: Apache-2.0
#include "partition/bare_content.h"

#include <bit>
#include <cstdint>
#include <string_view>

#include "core/endian.h"

namespace san::partition {
namespace {

bool text_at(std::span<const std::byte> head, std::size_t offset, std::string_view text) {
  if (offset > head.size() || head.size() - offset < text.size()) return false;
  return std::memcmp(head.data() + offset, text.data(), text.size()) == 0;
}

/// The BIOS parameter block of FAT (Microsoft's FAT specification 1.03, section 3.1; ECMA-107, 9).
struct FatBootSector {
  std::uint8_t jump[3] = {};
  char oem[8] = {};
  le16 sector_size;
  std::uint8_t sectors_per_cluster = 0;
  le16 reserved_sectors;
  std::uint8_t fats = 0;
  le16 root_entries;
  le16 sectors16;
  std::uint8_t media = 0;
};
static_assert(sizeof(FatBootSector) == 22);

bool is_fat(std::span<const std::byte> head) {
  const auto b = read_at<FatBootSector>(head, 0);
  if (!b) return false;
  const bool jump = (b->jump[0] == 0xEB && b->jump[2] == 0x90) || b->jump[0] == 0xE9;
  const std::uint16_t sector = b->sector_size;
  return jump && std::has_single_bit(sector) && sector >= 512 && sector <= 4096 &&
         std::has_single_bit(b->sectors_per_cluster) && b->reserved_sectors != 0 &&
         (b->fats == 1 || b->fats == 2) && (b->media == 0xF0 || b->media >= 0xF8);
}

}  // namespace

std::string bare_content(std::span<const std::byte> head) {
  if (text_at(head, 3, "NTFS    ")) return "NTFS";
  if (text_at(head, 3, "EXFAT   ")) return "exFAT";
  if (is_fat(head)) return "FAT";
  if (text_at(head, 0, "XFSB")) return "XFS";
  if (text_at(head, 0, "LUKS\xBA\xBE")) return "LUKS";
  if (text_at(head, 1024 + 56, "\x53\xEF")) return "ext";
  for (std::size_t sector = 0; sector < 4;
       ++sector)  // LVM2 puts its label into one of the first four sectors
    if (text_at(head, sector * 512, "LABELONE")) return "LVM physical volume";
  return {};
}

}  // namespace san::partition
