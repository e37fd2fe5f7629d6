// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/endian.h"

/// The headers of a UEFI application (Microsoft's "PE Format") and one section; nothing that would run.
inline std::vector<std::byte> small_efi_program(std::uint16_t machine, bool with_signature = false,
                                                bool shim = false) {
  using namespace san;
  std::vector<std::byte> bytes(1024);
  const std::span<std::byte> all(bytes);
  constexpr std::size_t kPe = 0x80, kOptional = kPe + 24, kOptionalSize = 112 + 16 * 8;
  write_at(all, 0, le16(0x5A4D));
  write_at(all, 0x3C, le32(kPe));
  write_at(all, kPe, le32(0x00004550));
  write_at(all, kPe + 4, le16(machine));
  write_at(all, kPe + 6, le16(1));  // sections
  write_at(all, kPe + 20, le16(kOptionalSize));
  write_at(all, kOptional, le16(0x20B));
  write_at(all, kOptional + 68, le16(10));  // EFI application
  write_at(all, kOptional + 108, le32(16));
  const std::size_t section = kOptional + kOptionalSize;
  write_at(all, section + 16, le32(512));  // raw size
  write_at(all, section + 20, le32(512));  // and place
  if (with_signature) {
    write_at(all, kOptional + 112 + 4 * 8, le32(1024));
    write_at(all, kOptional + 112 + 4 * 8 + 4, le32(256));
    bytes.resize(1024 + 256, std::byte{0x30});
  }
  if (shim) {
    std::size_t at = 600;
    for (const char c : std::string_view("MokList \\grubx64.efi")) {
      bytes[at] = static_cast<std::byte>(c);
      at += 2;
    }
  }
  return bytes;
}
