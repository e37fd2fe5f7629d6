// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "devices/memory_device.h"

namespace san::test {

// A disk of 8 MiB as `sgdisk` 1.0.9 writes it: partitions 1 (EFI System), 2 (Linux) and 4 (swap, legacy BIOS
// bootable) from sectors 2048 to 16350, names beyond ASCII and beyond the BMP. What is not here is zero.
inline constexpr std::uint64_t kGoldenSize = 8 * 1024 * 1024;
inline constexpr std::size_t kGoldenEntries = 1024, kGoldenEntriesEnd = 1024 + 16384;
inline constexpr std::string_view kGoldenMbrTable =
    "00000200ee05040101000000ff3f00000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000055aa";
inline constexpr std::string_view kGoldenPrimary =
    "4546492050415254000001005c00000099152526000000000100000000000000ff3f0000000000002200000000000000"
    "de3f000000000000443322116655887799aabbccddeeff000200000000000000800000008000000070e3e53b";
inline constexpr std::string_view kGoldenBackup =
    "4546492050415254000001005c000000ac00109200000000ff3f00000000000001000000000000002200000000000000"
    "de3f000000000000443322116655887799aabbccddeeff00df3f000000000000800000008000000070e3e53b";
inline constexpr std::string_view kGoldenArray =
    "28732ac11ff8d211ba4b00a0c93ec93b01000000020003000405060708090a0b0008000000000000ff0f000000000000"
    "000000000000000045004600490000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000af3dc60f838472478e793d69d8477de4"
    "02000000020003000405060708090a0b0010000000000000ff1f00000000000000000000000000007700750072007a00"
    "65006c002000e4002000ac20000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "6dfd5706aba4c44384e50933c84b4f4f04000000020003000405060708090a0b0020000000000000de3f000000000000"
    "04000000000000003dd800de730077006100700000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000";

/// Puts bytes written as hexadecimal digits.
inline void put_hex(MemoryDevice& device, std::uint64_t offset, std::string_view hex) {
  for (std::size_t i = 0; i < hex.size(); i += 2)
    device.bytes()[offset + i / 2] =
        static_cast<std::byte>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16));
}

inline void put_text(MemoryDevice& device, std::uint64_t offset, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) device.bytes()[offset + i] = static_cast<std::byte>(text[i]);
}

/// The golden disk, on a device of `size` bytes: cut off or grown where it is another size.
inline std::unique_ptr<MemoryDevice> golden_disk(std::uint64_t size = kGoldenSize,
                                                 std::uint32_t block = 512) {
  MemoryDevice disk("golden", kGoldenSize);
  put_hex(disk, 446, kGoldenMbrTable);
  put_hex(disk, 512, kGoldenPrimary);
  put_hex(disk, kGoldenEntries, kGoldenArray);
  put_hex(disk, kGoldenSize - 512 - 16384, kGoldenArray);
  put_hex(disk, kGoldenSize - 512, kGoldenBackup);
  auto out = std::make_unique<MemoryDevice>("disk", size, std::byte{0}, block);
  for (std::uint64_t i = 0; i < std::min(size, kGoldenSize); ++i) out->bytes()[i] = disk.bytes()[i];
  return out;
}

}  // namespace san::test
