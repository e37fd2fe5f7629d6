// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/crc32c.h"
#include "filesystem/image.h"

namespace san::test {

/// An XFS file system of 1 KiB blocks: three AGs of 64 blocks, the last one 40 blocks short. The log is
/// blocks 16 to 31 of AG 1 and ends with an unmount record in its blocks (of 512 bytes) 0 and 1. Each AG has
/// one leaf with two free extents, [8, 12) and [40, 60) ([8, 12) and [14, 20) in the last one); with `deep`,
/// AG 0 has two leaves under a root.
struct XfsImage : Image {
  explicit XfsImage(unsigned xfs_version, bool two_levels = false)
      : Image(152 * 1024), version(xfs_version), deep(two_levels) {
    put(0, "XFSB");
    put32be(4, 1024);
    put64be(8, 152);
    put(32, kUuid);
    put64be(48, (1 << 6) | 16);
    put32be(84, 64);
    put32be(88, 3);
    put32be(96, 16);
    put16be(100, static_cast<std::uint16_t>(0xa480 | version));
    put16be(102, 512);
    put16be(104, 512);
    put(108, "label");
    put8(120, 10);
    put8(121, 9);
    put8(124, 6);
    put32be(200, version == 5 ? 0x18a : 0xa);
    group(0, 64);
    group(1, 64);
    group(2, 24);
    std::uint64_t counted = 24 + 24 + 10 + 3 * 4;
    if (deep) counted += 2;
    put64be(144, counted);
    unmount_record(0, 2);
    if (version == 5) checksums();
  }

  static constexpr std::string_view kUuid = "0123456789abcdef";
  static constexpr std::size_t kLog = (64 + 16) * 1024;

  std::size_t agf(std::size_t ag) const { return ag * 64 * 1024 + 512; }
  /// Block 4 of the AG; with `deep`, blocks 4 (root), 5 and 6 of AG 0.
  std::size_t tree(std::size_t ag, std::size_t node = 0) const { return (ag * 64 + 4 + node) * 1024; }
  std::size_t header() const { return version == 5 ? 56 : 16; }
  std::size_t extent(std::size_t ag, std::size_t index, std::size_t node = 0) const {
    return tree(ag, node) + header() + index * 8;
  }

  void unmount_record(std::size_t block, std::uint32_t cycle, bool wraps = false) {
    const std::size_t at = kLog + block * 512;
    put32be(at, 0xfeedbabe);
    put32be(at + 4, cycle);
    put32be(at + 8, 2);
    put32be(at + 12, 512);
    put64be(at + 16, std::uint64_t{cycle} << 32 | block);
    put32be(at + 40, 1);
    put(at + 304, kUuid);
    put32be(at + 320, 32768);
    const std::size_t data = wraps ? kLog : at + 512;
    put32be(data, wraps ? cycle + 1 : cycle);
    put8(data + 8, 0xaa);
    put8(data + 9, 0x20);
  }

  /// Of version 5, to be called after a change.
  void checksums() {
    seal(0, 512, 224);
    for (std::size_t ag = 0; ag < 3; ++ag) seal(agf(ag), 512, 216);
    for (std::size_t ag = 0; ag < 3; ++ag) seal(tree(ag), 1024, 52);
    if (deep) seal(tree(0, 1), 1024, 52), seal(tree(0, 2), 1024, 52);
  }

  unsigned version;
  bool deep;

 private:
  void group(std::size_t ag, std::uint32_t length) {
    const bool levels = deep && ag == 0;
    const std::size_t at = agf(ag);
    put(at, "XAGF");
    put32be(at + 4, 1);
    put32be(at + 8, static_cast<std::uint32_t>(ag));
    put32be(at + 12, length);
    put32be(at + 16, 4);
    put32be(at + 28, levels ? 2 : 1);
    put32be(at + 48, 4);  // blocks in the AGFL
    put32be(at + 52, ag == 2 ? 10 : 24);
    put32be(at + 56, ag == 2 ? 6 : 20);
    put32be(at + 60, levels ? 2 : 0);
    put(at + 64, kUuid);
    const std::uint32_t second = ag == 2 ? 14 : 40, count = ag == 2 ? 6 : 20;
    if (!levels) {
      node(ag, 0, 0, 2);
      put_extent(extent(ag, 0), 8, 4);
      put_extent(extent(ag, 1), second, count);
      return;
    }
    node(0, 0, 1, 2);
    const std::size_t pointers = tree(0) + header() + (1024 - header()) / 12 * 8;
    put_extent(extent(0, 0), 8, 4);
    put_extent(extent(0, 1), 40, 20);
    put32be(pointers, 5);
    put32be(pointers + 4, 6);
    node(0, 1, 0, 1);
    node(0, 2, 0, 1);
    put32be(tree(0, 1) + 12, 6);
    put32be(tree(0, 2) + 8, 5);
    put_extent(extent(0, 0, 1), 8, 4);
    put_extent(extent(0, 0, 2), 40, 20);
  }

  void put_extent(std::size_t at, std::uint32_t start, std::uint32_t count) {
    put32be(at, start);
    put32be(at + 4, count);
  }

  void node(std::size_t ag, std::size_t index, std::uint16_t level, std::uint16_t count) {
    const std::size_t at = tree(ag, index);
    put(at, version == 5 ? "AB3B" : "ABTB");
    put16be(at + 4, level);
    put16be(at + 6, count);
    put32be(at + 8, 0xffffffff);
    put32be(at + 12, 0xffffffff);
    if (version != 5) return;
    put64be(at + 16, at / 512);
    put(at + 32, kUuid);
    put32be(at + 48, static_cast<std::uint32_t>(ag));
  }

  void seal(std::size_t at, std::size_t size, std::size_t field) {
    put32(at + field, crc32c(std::span<const std::byte>(bytes()).subspan(at, size), field));
  }
};

}  // namespace san::test
