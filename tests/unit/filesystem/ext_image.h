// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/image.h"

namespace san::test {

/// An ext2 file system of 1 KiB blocks without checksums: two groups of 256 blocks, the second one of 200.
/// Block 1: superblock, 2: descriptors. Group 0 (from block 1): bitmaps in 3 and 4, inodes in 5 and 6; used 1
/// to 20, 100. Group 1 (from block 257, with a copy of the superblock): bitmaps in 259 and 260, inodes in 261
/// and 262; used 257 to 262.
struct ExtImage : Image {
  ExtImage() : Image(512 * 1024) {
    put32(kSuper + 0, 32);
    put32(kSuper + 4, 457);
    put32(kSuper + 12, 235 + 194);
    put32(kSuper + 16, 21);
    put32(kSuper + 20, 1);
    put32(kSuper + 32, 256);
    put32(kSuper + 36, 256);
    put32(kSuper + 40, 16);
    put16(kSuper + 56, 0xef53);
    put16(kSuper + 58, 1);
    put16(kSuper + 60, 1);
    put32(kSuper + 76, 1);
    put32(kSuper + 84, 11);
    put16(kSuper + 88, 128);
    put(kSuper + 104, "0123456789abcdef");
    put(kSuper + 120, "label");
    descriptor(0, 3, 235);
    descriptor(1, 259, 194);
    set_bits(3 * 1024, 0, 20);
    set_bits(3 * 1024, 99, 1);
    set_bits(259 * 1024, 0, 6);
    set_bits(259 * 1024, 200, 56);
  }

  static constexpr std::size_t kSuper = 1024;
  static constexpr std::size_t descriptor_offset(std::size_t group) { return 2048 + group * 32; }

 private:
  void descriptor(std::size_t group, std::uint32_t bitmap, std::uint16_t free) {
    const std::size_t at = descriptor_offset(group);
    put32(at, bitmap);
    put32(at + 4, bitmap + 1);
    put32(at + 8, bitmap + 2);
    put16(at + 12, free);
    put16(at + 14, group == 0 ? 5 : 16);
  }
};

}  // namespace san::test
