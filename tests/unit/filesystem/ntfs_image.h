// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "filesystem/image.h"

namespace san::test {

/// An NTFS volume of 1 KiB clusters: 255 of them and half a KiB, and the backup boot sector in the last one.
/// Clusters: 0 to 7 $Boot, 8 to 39 the MFT of 32 records, 40 to 43 $MFTMirr, 44 to 51 and 60 to 67 $LogFile,
/// 52 $Bitmap, 53 to 54 the root directory's index, 70 hiberfil.sys. Used: all of these; free: 55 to 59, 68,
/// 69 and from 71 on.
struct NtfsImage : Image {
  NtfsImage() : Image(256 * 1024) {
    put(0, "\xeb\x52\x90NTFS    ");
    put16(11, 512);
    put8(13, 2);
    put8(21, 0xf8);
    put64(40, 511);
    put64(48, 8);
    put64(56, 40);
    put8(64, 1);
    put8(68, 1);
    put64(72, 0x0123456789abcdef);
    put16(510, 0xaa55);

    for (std::size_t i = 0; i < 32; ++i) start_record(i);
    non_resident(0, 0x80, {}, {{8, 32}}, 32 * 1024);
    non_resident(1, 0x80, {}, {{40, 4}}, 4096);
    non_resident(2, 0x80, {}, {{44, 8}, {60, 8}}, 16 * 1024);
    resident(3, 0x60, {}, std::string("V\0\xf6\0", 4));
    resident(3, 0x70, {}, std::string("\0\0\0\0\0\0\0\0\3\1\0\0", 12));
    resident(5, 0x90, "$I30", empty_index());
    non_resident(5, 0xa0, "$I30", {{53, 2}}, 2048);
    non_resident(6, 0x80, {}, {{52, 1}}, 32);
    non_resident(7, 0x80, {}, {{0, 8}}, 8192);
    non_resident(20, 0x80, {}, {{70, 1}}, 1024);
    fill(44 * 1024, 8192, 0xff);
    fill(60 * 1024, 8192, 0xff);
    set_bits(52 * 1024, 0, 55);
    set_bits(52 * 1024, 60, 8);
    set_bits(52 * 1024, 70, 1);
    set_bits(52 * 1024, 255, 1);
    put(53 * 1024, "INDX");
    fixups(53 * 1024, 1024, 0x28);
  }

  static constexpr std::size_t record(std::size_t number) { return (8 + number) * 1024; }

  /// A name in the root directory's second index block.
  void name_in_root(std::uint64_t file, const std::string& name) {
    const std::size_t at = 54 * 1024;
    put(at, "INDX");
    put32(at + 24, 0x28);
    const std::size_t entry = at + 24 + 0x28, size = (16 + 66 + name.size() * 2 + 7) / 8 * 8;
    put64(entry, file | std::uint64_t{1} << 48);
    put16(entry + 8, static_cast<std::uint16_t>(size));
    put8(entry + 16 + 64, static_cast<std::uint8_t>(name.size()));
    for (std::size_t i = 0; i < name.size(); ++i)
      put16(entry + 16 + 66 + 2 * i, static_cast<std::uint8_t>(name[i]));
    put16(entry + size + 8, 16);
    put16(entry + size + 12, 2);
    put32(at + 28, static_cast<std::uint32_t>(0x28 + size + 16));
    fixups(at, 1024, 0x28);
  }

  /// Two restart pages; the second one is later.
  void log(std::uint16_t major, std::uint16_t minor, std::uint16_t clients_in_use, std::uint16_t flags) {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::size_t at = (44 + i * 4) * 1024;
      fill(at, 4096, 0);
      put(at, "RSTR");
      put32(at + 16, 4096);
      put32(at + 20, 4096);
      put16(at + 24, 0x30);
      put16(at + 26, minor);
      put16(at + 28, major);
      put64(at + 0x30, 1000 + i);
      put16(at + 0x30 + 12, i == 1 ? clients_in_use : std::uint16_t{0});
      put16(at + 0x30 + 14, i == 1 ? flags : std::uint16_t{0});
      fixups(at, 4096, 0x60);
    }
  }

  /// Protects a structure of sectors; `array` is where its update sequence array is.
  void fixups(std::size_t at, std::size_t size, std::size_t array) {
    put16(at + 4, static_cast<std::uint16_t>(array));
    put16(at + 6, static_cast<std::uint16_t>(size / 512 + 1));
    put16(at + array, 0x7777);
    for (std::size_t i = 1; i <= size / 512; ++i) {
      const std::size_t last = at + i * 512 - 2;
      put16(at + array + 2 * i, *read_at<le16>(bytes(), last));
      put16(last, 0x7777);
    }
  }

  struct Part {
    std::int64_t cluster;
    std::uint64_t count;
  };
  void non_resident(std::size_t number, std::uint32_t type, const std::string& name, std::vector<Part> parts,
                    std::uint64_t size, std::uint64_t first_virtual = 0) {
    std::string pairs;
    std::int64_t last = 0;
    std::uint64_t clusters = 0;
    for (const Part& part : parts) {
      pairs += '\x22';
      pairs += static_cast<char>(part.count & 0xff);
      pairs += static_cast<char>(part.count >> 8);
      const auto delta = static_cast<std::uint64_t>(part.cluster - last);
      pairs += static_cast<char>(delta & 0xff);
      pairs += static_cast<char>(delta >> 8 & 0xff);
      last = part.cluster;
      clusters += part.count;
    }
    pairs += '\0';
    const std::size_t names = 64, runs = (names + name.size() * 2 + 7) / 8 * 8;
    const std::size_t at = attribute(number, type, name, names, runs + pairs.size());
    put8(at + 8, 1);
    put64(at + 16, first_virtual);
    put64(at + 24, first_virtual + clusters - 1);
    put16(at + 32, static_cast<std::uint16_t>(runs));
    put64(at + 40, clusters * 1024);
    put64(at + 48, size);
    put64(at + 56, size);
    put(at + runs, pairs);
    fixups(record(number), 1024, 0x30);
  }

  void resident(std::size_t number, std::uint32_t type, const std::string& name, const std::string& value) {
    const std::size_t names = 24, start = (names + name.size() * 2 + 7) / 8 * 8;
    const std::size_t at = attribute(number, type, name, names, start + value.size());
    put32(at + 16, static_cast<std::uint32_t>(value.size()));
    put16(at + 20, static_cast<std::uint16_t>(start));
    put(at + start, value);
    fixups(record(number), 1024, 0x30);
  }

  void start_record(std::size_t number) {
    fill(record(number), 1024, 0);
    put(record(number), "FILE");
    put16(record(number) + 20, 0x38);
    put16(record(number) + 22, 1);
    put32(record(number) + 24, 0x40);
    put32(record(number) + 28, 1024);
    put32(record(number) + 0x38, 0xffffffff);
    fixups(record(number), 1024, 0x30);
  }

  /// The value of an index root without names.
  static std::string empty_index() {
    std::string value(16, '\0');
    value += std::string("\x10\0\0\0\x20\0\0\0\x20\0\0\0\1\0\0\0", 16);
    value += std::string("\0\0\0\0\0\0\0\0\x10\0\0\0\2\0\0\0", 16);
    return value;
  }

 private:
  std::size_t attribute(std::size_t number, std::uint32_t type, const std::string& name, std::size_t names,
                        std::size_t length) {
    const std::size_t start = record(number);
    const std::size_t at = start + *read_at<le32>(bytes(), start + 24) - 8;  // over the end mark
    length = (length + 7) / 8 * 8;
    put32(at, type);
    put32(at + 4, static_cast<std::uint32_t>(length));
    put8(at + 9, static_cast<std::uint8_t>(name.size()));
    put16(at + 10, static_cast<std::uint16_t>(names));
    for (std::size_t i = 0; i < name.size(); ++i)
      put16(at + names + 2 * i, static_cast<std::uint8_t>(name[i]));
    put32(at + length, 0xffffffff);
    put32(start + 24, static_cast<std::uint32_t>(at - start + length + 8));
    return at;
  }
};

}  // namespace san::test
