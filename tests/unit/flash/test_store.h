// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "core/endian.h"
#include "core/guid.h"

namespace test {

using Image = std::vector<std::byte>;

/// A file as it is; nothing where it is not there (Debian's package ovmf).
inline std::optional<Image> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return Image(bytes, bytes + text.size());
}

inline void put_guid(Image& image, std::size_t at, const char* text) {
  san::write_at(std::span(image), at, *san::Guid::parse(text));
}

/// A volume of `total` bytes with an empty store of `store` bytes, both made by the tables of the standards.
inline Image empty_store(std::size_t store, bool authenticated, std::size_t total = 8192) {
  Image image(total, std::byte{0xFF});
  std::fill_n(image.begin(), 72 + 28, std::byte{0});
  const std::span<std::byte> all(image);
  put_guid(image, 16, "fff12b8d-7696-4c8b-a985-2747075b4f50");
  san::write_at(all, 32, san::le64(total));
  san::write_at(all, 40, san::le32(0x4856465F));  // _FVH
  san::write_at(all, 44, san::le32(0x00004FEFF));
  san::write_at(all, 48, san::le16(72));
  image[55] = std::byte{2};
  san::write_at(all, 56, san::le32(static_cast<std::uint32_t>(total / 4096)));
  san::write_at(all, 60, san::le32(4096));
  unsigned sum = 0;
  for (std::size_t i = 0; i < 72; i += 2) sum += *san::read_at<san::le16>(all, i);
  san::write_at(all, 50, san::le16(static_cast<std::uint16_t>(0x10000 - (sum & 0xFFFF))));
  put_guid(image, 72,
           authenticated ? "aaf32c78-947b-439a-a180-2e144ec37792" : "ddcf3616-3275-4164-98b6-fe85707ffe7d");
  san::write_at(all, 88, san::le32(static_cast<std::uint32_t>(store)));
  image[92] = std::byte{0x5A};
  image[93] = std::byte{0xFE};
  return image;
}

inline Image bytes(const std::string& text) {
  Image out;
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
  return out;
}

}  // namespace test
