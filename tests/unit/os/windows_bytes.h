// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/guid.h"

inline std::string raw(const san::Guid& guid) {
  return {guid.bytes.begin(), guid.bytes.end()};
}

inline std::string little(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
  return out;
}

/// Element of type device, 88 bytes: a partition of a GPT disk.
inline std::string bcd_gpt_device(const san::Guid& disk, const san::Guid& partition) {
  return std::string(16, '\0') + little(6, 4) + little(0, 4) + little(0x48, 4) + little(0, 4) +
         raw(partition) + little(0, 4) + little(0, 4) + raw(disk) + std::string(16, '\0');
}

/// The same, of an MBR disk.
inline std::string bcd_mbr_device(std::uint32_t signature, std::uint64_t offset) {
  return std::string(16, '\0') + little(6, 4) + little(0, 4) + little(0x48, 4) + little(0, 4) +
         little(offset, 8) + little(0, 8) + little(0, 4) + little(1, 4) + little(signature, 4) +
         std::string(28, '\0');
}
