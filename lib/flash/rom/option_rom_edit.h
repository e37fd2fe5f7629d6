// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flash/rom/option_rom_file.h"

namespace san::flash {

/// Handling of the lists of more device ids in set_rom_ids().
enum class DeviceListRule {
  update,  ///< the new id replaces the old one, others stay
  only,    ///< only the new id is left
  keep,    ///< the lists are left unchanged
};

/// Result of an edit of ROMs. The checksum is kept at 0 in an x86 image that added up to 0, and in an EFI
/// image that did so and has a byte for it, as those made by iPXE's efirom. A wrong sum is left as it was.
struct RomEdit {
  std::vector<std::byte> bytes;
  std::vector<std::string> notes;  ///< information for the user
};

/// Extracts one image as a ROM of its own, marked as the last. `checksum_byte` is an offset in the image; the
/// default is byte 6 of iPXE's images, and otherwise the last byte if that ends a run of padding. Throws
/// Error(refused) if no byte may be changed, and Error(usage) for an offset outside of the bytes that are
/// added up.
RomEdit single_rom(const RomFile& file, const RomImage& image, std::optional<std::size_t> checksum_byte);

/// Joins all images of `parts`, which are plain files, into one ROM; only the last is marked as the last.
/// Throws Error(usage) for a part that is truncated, has bytes behind its last image, or is not a plain ROM,
/// and for more than 16 MiB; otherwise as single_rom().
RomEdit join_roms(const std::vector<RomFile>& parts, std::optional<std::size_t> checksum_byte);

/// Changes the PCI ids in every image of the ROM; bytes behind it are kept. Throws as join_roms() does.
RomEdit set_rom_ids(const RomFile& file, std::uint16_t vendor, std::uint16_t device, DeviceListRule rule,
                    std::optional<std::size_t> checksum_byte);

}  // namespace san::flash
