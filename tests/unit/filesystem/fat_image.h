// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/image.h"

namespace san::test {

/// A FAT file system of 512-byte clusters. FAT12: 128 sectors; FAT16: 4400; FAT32: 128 (its FAT's size tells
/// it). Two FATs. Used: clusters 2, 3 and 6 (2 is FAT32's root directory); 4 and 5 and all from 7 on are
/// free.
struct FatImage : Image {
  explicit FatImage(unsigned width) : Image((width == 16 ? 4400 : 128) * 512), bits(width) {
    put(0, "\xeb\x3c\x90mkfs.fat");
    put16(11, 512);
    put8(13, 1);
    put16(14, static_cast<std::uint16_t>(reserved()));
    put8(16, 2);
    put16(17, bits == 32 ? 0 : 16);
    put16(19, static_cast<std::uint16_t>(size() / 512));
    put8(21, 0xf8);
    if (bits == 32) {
      put32(36, fat_sectors());
      put32(44, 2);
      put16(48, 1);
    } else {
      put16(22, static_cast<std::uint16_t>(fat_sectors()));
    }
    const std::size_t tail = bits == 32 ? 64 : 36;
    put8(tail + 2, 0x29);
    put32(tail + 3, 0x12345678);
    put(tail + 7, "TEST       ");
    put16(510, 0xaa55);
    const std::uint32_t end = bits == 32 ? 0x0fffffff : (1U << bits) - 1;
    entry(0, end & 0xfffffff8);
    entry(1, end);
    entry(2, 3);
    entry(3, end);
    entry(6, end - 8);  // bad
    if (bits == 32) {
      put32(512, 0x41615252);
      put32(512 + 484, 0x61417272);
      put32(512 + 488, clusters() - 3);
    }
  }

  std::uint32_t reserved() const { return bits == 32 ? 8 : 1; }
  std::uint32_t fat_sectors() const { return bits == 16 ? 18 : 1; }
  std::uint32_t data_sector() const { return reserved() + 2 * fat_sectors() + (bits == 32 ? 0 : 1); }
  std::uint32_t clusters() const { return static_cast<std::uint32_t>(size() / 512) - data_sector(); }
  std::uint64_t cluster_offset(std::uint32_t cluster) const { return (data_sector() + cluster - 2) * 512; }

  /// In both FATs.
  void entry(std::uint32_t cluster, std::uint32_t value) {
    for (std::uint32_t fat = 0; fat < 2; ++fat) {
      const std::size_t start = (reserved() + fat * fat_sectors()) * 512;
      if (bits == 32) put32(start + cluster * 4, value);
      if (bits == 16) put16(start + cluster * 2, static_cast<std::uint16_t>(value));
      if (bits == 12) {
        const std::size_t at = start + cluster * 3 / 2;
        std::uint16_t pair = *read_at<le16>(bytes(), at);
        pair = static_cast<std::uint16_t>(cluster % 2 == 0 ? (pair & 0xf000) | value
                                                           : (pair & 0xf) | value << 4);
        put16(at, pair);
      }
    }
  }

  unsigned bits;
};

/// An exFAT file system: 512-byte sectors, clusters of 1 KiB, 40 of them from sector 32 on. Used: 2 (bitmap),
/// 3 (up-case table), 4 and 9 (root directory, in two pieces), 10.
struct ExfatImage : Image {
  ExfatImage() : Image(128 * 512) {
    put(0,
        "\xeb\x76\x90"
        "EXFAT   ");
    put64(72, 128);
    put32(80, 24);
    put32(84, 1);
    put32(88, 32);
    put32(92, 40);
    put32(96, 4);
    put32(100, 0xcafe0123);
    put16(104, 0x0100);
    put8(108, 9);
    put8(109, 1);
    put8(110, 1);
    put16(510, 0xaa55);
    for (std::size_t sector = 1; sector <= 8; ++sector) put32(sector * 512 + 508, 0xaa550000);
    fat(0, 0xfffffff8);
    fat(1, 0xffffffff);
    fat(2, 0xffffffff);
    fat(3, 0xffffffff);
    fat(4, 9);
    fat(9, 0xffffffff);
    set_bits(cluster_offset(2), 0, 3);
    set_bits(cluster_offset(2), 7, 2);

    const std::size_t root = cluster_offset(4);
    put8(root, 0x83);
    put8(root + 1, 2);
    put16(root + 2, 'H');
    put16(root + 4, 0xe9);
    for (std::size_t at = 32; at < 1024; at += 32) put8(root + at, 0x05);  // deleted files
    const std::size_t second = cluster_offset(9);
    put8(second, 0x81);
    put32(second + 20, 2);
    put64(second + 24, 5);
    put8(second + 32, 0x82);
    put32(second + 52, 3);
    put64(second + 56, 600);
    checksum();
  }

  static std::size_t cluster_offset(std::size_t cluster) { return 32 * 512 + (cluster - 2) * 1024; }
  void fat(std::size_t cluster, std::uint32_t value) { put32(24 * 512 + cluster * 4, value); }

  /// To be called after a change in the first eleven sectors.
  void checksum() {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 11 * 512; ++i)
      if (i != 106 && i != 107 && i != 112)
        sum = ((sum & 1) != 0 ? 0x80000000U : 0U) + (sum >> 1) + std::to_integer<std::uint32_t>(bytes()[i]);
    for (std::size_t at = 11 * 512; at < 12 * 512; at += 4) put32(at, sum);
  }
};

}  // namespace san::test
