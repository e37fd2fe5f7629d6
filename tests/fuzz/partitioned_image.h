// SPDX-License-Identifier: Apache-2.0
// A whole disk for fuzzing, with an MBR and a file system.
#pragma once

#include "../unit/filesystem/ext_image.h"
#include "../unit/filesystem/image.h"

namespace san::test {

/// Puts an entry of an MBR to byte `at` of the image.
inline void put_mbr_entry(Image& image, std::size_t at, std::uint8_t type, std::uint32_t first,
                          std::uint32_t sectors) {
  image.put8(at + 4, type);
  image.put32(at + 8, first);
  image.put32(at + 12, sectors);
}

/// 1 MiB: an ext2 from 64 KiB on, and from sector 1200 on an extended partition of `extended` sectors with a
/// logical one of `logical` sectors. The third and fourth entry of the MBR are free.
inline Image partitioned_image(std::uint32_t extended, std::uint32_t logical) {
  Image image(1024 * 1024);
  image.put16(510, 0xaa55);
  put_mbr_entry(image, 446, 0x83, 128, 1024);
  put_mbr_entry(image, 462, 0x05, 1200, extended);
  image.put16(1200 * 512 + 510, 0xaa55);
  put_mbr_entry(image, 1200 * 512 + 446, 0x83, 8, logical);
  const ExtImage ext;
  std::ranges::copy(ext.bytes(), image.bytes().begin() + 128 * 512);
  return image;
}

}  // namespace san::test
