// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san {

/// Something that lies on a device from its first byte on, in no partition, beside a partition table.
struct LooseVolume {
  std::string type;  ///< as FreeSpace::type: "iso9660"
  std::string label;
  std::uint64_t end = 0;  ///< one past its last byte; may be behind the end of the device
};

/// Where the primary volume descriptor of ISO 9660 is, whatever the block size, and how long it is.
inline constexpr std::uint64_t kIsoDescriptorOffset = 32768, kIsoDescriptorSize = 2048;

/// The ISO 9660 volume that begins with this primary volume descriptor (ECMA-119, 8.4); nothing where it is
/// none. Images that boot from a disk too (isohybrid, GRUB) have a partition table in front of it, which the
/// standard leaves to others. Where the descriptor contradicts itself about the size, nobody knows the end:
/// it is 2^64-1.
std::optional<LooseVolume> iso_volume(std::span<const std::byte> descriptor);

}  // namespace san
