// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "block/device_checks.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_image.h"

/// What `words` of an image are to be.
inline san::flash::NvmImage image_of(const std::vector<std::uint16_t>& words) {
  san::flash::NvmImage image("test.bin", std::vector<std::byte>(words.size() * 2, std::byte{0xFF}));
  for (std::size_t i = 0; i < words.size(); ++i) image.set_word(i, words[i]);
  return image;
}

/// Makes 64 words from `start` add up to 0xBABA.
inline void seal(san::flash::NvmImage& image, std::size_t start = 0) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 0x3F; ++i) sum += image.word(start + i);
  image.set_word(start + 0x3F, static_cast<std::uint16_t>(0xBABA - sum));
}

/// A GbE NIC of that device id with 4096 words; boot words as they leave the factory.
inline san::flash::NvmImage gigabit_image(std::uint16_t device) {
  san::flash::NvmImage image = image_of(std::vector<std::uint16_t>(0x1000, 0xFFFF));
  const std::vector<std::uint16_t> head = {0x5452, 0x1200, 0x5634, 0x8001, 0xFFFF, 0x1230, 0xFFFF,
                                           0xFFFF, 0x3000, 0x1000, 0x4000, 0x0001, 0x8086, device,
                                           0x8086, 0xFFFF, 0xFFFF, 0xFFFF, 0x5C00};
  for (std::size_t i = 0; i < head.size(); ++i) image.set_word(i, head[i]);
  for (const std::size_t word : {0x30, 0x34, 0x38, 0x3A}) {
    image.set_word(word, 0x0100);
    image.set_word(word + 1, 0x4000);
  }
  image.set_word(0x32, 0x131F);
  image.set_word(0x33, 0x4013);
  for (const std::size_t start : {0x00, 0x80, 0xC0, 0x100}) seal(image, start);
  return image;
}

/// Puts an iSCSI block of so many ports at word `at`, and word 0x3D to point to it. Flags are those of the
/// X550's datasheet: everything by DHCP.
inline void add_block(san::flash::NvmImage& image, unsigned ports, std::size_t at = 0x200) {
  const auto size = static_cast<std::uint16_t>(0x128 + ports * 0x25C);
  const auto bytes = image.bytes().subspan(at * 2, size);
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  image.set_word(at, 0x5369);
  image.set_word(at + 1, size);
  image.set_word(at + 2, 1);
  for (unsigned port = 0; port < ports; ++port) image.set_word(at + (0x128 + port * 0x25C) / 2, 0x3D03);
  image.set_word(0x3D, static_cast<std::uint16_t>(at));
  seal(image);
}

/// The mask of a port (from 0) of the block at word 0x200.
inline void put_mask(san::flash::NvmImage& image, unsigned port, const san::flash::IpBytes& mask) {
  san::write_at(image.bytes(), 0x400 + 0x128 + port * 0x25C + 6, mask);
}
