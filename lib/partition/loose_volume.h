// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san::partition {

/// Volume that begins at the first byte of a device, in no partition, beside a partition table.
struct LooseVolume {
  std::string type;  ///< name of the file system, "iso9660", by the names of FreeSpace::type
  std::string label;
  std::uint64_t end = 0;  ///< one past its last byte; may be behind the end of the device
};

/// Offset and length in bytes of the primary volume descriptor of ISO 9660, for every block size.
inline constexpr std::uint64_t kIsoDescriptorOffset = 32768, kIsoDescriptorSize = 2048;

/// Returns the ISO 9660 volume of this primary volume descriptor (ECMA-119, 8.4), or nothing if it is not
/// one. Images that also boot from a disk (isohybrid, GRUB) have a partition table in the system area in
/// front of it, which the standard leaves unspecified. If the descriptor contradicts itself about the size,
/// the end is unknown: 2^64-1.
std::optional<LooseVolume> iso_volume(std::span<const std::byte> descriptor);

}  // namespace san::partition
