// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/endian.h"
#include "flash/rom/option_rom_file.h"

/// Builds images byte by byte, from the tables of the PCI Firmware Specification.
class RomBuilder {
 public:
  /// An image of so many units of 512 bytes for 8086:100e, the last of its chain.
  RomBuilder(std::uint8_t type, unsigned units, unsigned revision = 3) : bytes_(units * std::size_t{512}) {
    word(0, 0xAA55);
    word(0x18, kPcir);
    letters(kPcir, "PCIR");
    word(kPcir + 4, 0x8086);
    word(kPcir + 6, 0x100E);
    word(kPcir + 0x0A, revision >= 3 ? 0x1C : 0x18);
    byte(kPcir + 0x0C, static_cast<std::uint8_t>(revision));
    byte(kPcir + 0x0F, 2);
    word(kPcir + 0x10, static_cast<std::uint16_t>(units));
    byte(kPcir + 0x14, type);
    byte(kPcir + 0x15, 0x80);
    if (type == 0) byte(2, static_cast<std::uint8_t>(units));
    // Code that no byte may be taken from.
    for (std::size_t i = 0x180; i < bytes_.size(); ++i) byte(i, static_cast<std::uint8_t>(i * 7 + 1));
  }

  RomBuilder& byte(std::size_t at, std::uint8_t value) {
    bytes_.at(at) = std::byte{value};
    return *this;
  }
  RomBuilder& word(std::size_t at, std::uint16_t value) {
    san::write_at(std::span(bytes_), at, san::le16(value));
    return *this;
  }
  RomBuilder& letters(std::size_t at, std::string_view text) {
    for (const char letter : text) byte(at++, static_cast<std::uint8_t>(letter));
    return *this;
  }
  RomBuilder& not_last() { return byte(kPcir + 0x15, 0); }
  RomBuilder& devices(const std::vector<std::uint16_t>& ids) {
    word(kPcir + 8, kList - kPcir);
    for (std::size_t i = 0; i < ids.size(); ++i) word(kList + 2 * i, ids[i]);
    return word(kList + 2 * ids.size(), 0);
  }
  /// Structures as iPXE has them, with right checksums.
  RomBuilder& ipxe() {
    word(0x10, 0xC0).letters(0xC0, "iPXE").byte(0xC4, 12).word(0xC8, 0x1234);
    word(0x16, 0xA0).letters(0xA0, "UNDI").byte(0xA4, 0x16).byte(0xA7, 0).byte(0xA8, 1).byte(0xA9, 2);
    word(0x1A, 0x60).letters(0x60, "$PnP").byte(0x64, 1).byte(0x65, 2).word(0x6E, 0xE0).word(0x70, 0xF0);
    word(0x60 + 0x1A, 0x180).letters(0xE0, "maker").letters(0xF0, "boot");
    return zero_sum(0xC5, 0xC0, 12).zero_sum(0xA5, 0xA0, 0x16).zero_sum(0x69, 0x60, 0x20);
  }
  RomBuilder& efi(std::uint16_t driver = 0x80, std::uint16_t compression = 0) {
    word(2, static_cast<std::uint16_t>(bytes_.size() / 512)).word(4, 0x0EF1).word(6, 0).word(8, 11);
    word(0x0A, 0x8664).word(0x0C, compression).word(0x16, driver);
    if (compression == 0 && driver + std::size_t{0xA0} < bytes_.size())
      letters(driver, "MZ")
          .word(driver + 0x3C, 0x40)
          .letters(driver + 0x40, "PE")
          .word(driver + 0x44, 0x8664)
          .word(driver + 0x40 + 0x18 + 0x44, 11);
    return *this;
  }
  /// Makes the bytes from `start` add up to 0 by the one at `at`.
  RomBuilder& zero_sum(std::size_t at, std::size_t start = 0, std::size_t length = 0) {
    if (length == 0) length = bytes_.size();
    const auto sum = san::flash::byte_sum(std::span(bytes_).subspan(start, length));
    return byte(at, static_cast<std::uint8_t>(std::to_integer<unsigned>(bytes_[at]) - sum));
  }
  std::vector<std::byte> build() const { return bytes_; }

  static constexpr std::size_t kPcir = 0x1C, kList = 0x140;

 private:
  std::vector<std::byte> bytes_;
};

/// An x86 image as iPXE makes them.
inline RomBuilder ipxe_rom() {
  RomBuilder rom(0, 4);
  rom.ipxe().devices({0x100E, 0x100F});
  return rom;
}

inline std::vector<std::byte> operator+(std::vector<std::byte> a, const std::vector<std::byte>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline san::flash::RomFile rom_file(std::vector<std::byte> bytes, bool scan = false) {
  return san::flash::parse_rom_file("card.rom", std::move(bytes), scan);
}

/// The findings, one a line.
inline std::string findings_of(const std::vector<std::byte>& bytes) {
  std::string all;
  for (const auto& finding : san::flash::rom_findings(rom_file(bytes)))
    all +=
        (finding.severity == san::Severity::error ? "E " : "W ") + finding.where + ": " + finding.text + "\n";
  return all;
}
