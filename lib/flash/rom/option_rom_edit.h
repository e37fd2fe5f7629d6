// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flash/rom/option_rom_file.h"

namespace san::flash {

/// What set_rom_ids() does with the lists of more device ids.
enum class DeviceListRule {
  update,  ///< the old id becomes the new one, others stay
  only,    ///< nothing but the new id is left
  keep,    ///< nothing is touched
};

/// A change of ROMs. An x86 image whose bytes added up to 0 does so afterwards, and so does an EFI image that
/// has a byte for it, as those that iPXE's efirom makes. A sum that was wrong stays as wrong as it was.
struct RomEdit {
  std::vector<std::byte> bytes;
  std::vector<std::string> notes;  ///< what the user should know
};

/// The image alone, as a ROM of its own: it says that it is the last. `checksum_byte` is an offset in the
/// image; without one it is byte 6 of iPXE's images, and else the last byte where that ends a run of padding.
/// Throws Error(refused) where no byte may be changed, and Error(usage) for an offset outside of what is
/// added up.
RomEdit single_rom(const RomFile& file, const RomImage& image, std::optional<std::size_t> checksum_byte);

/// All images of `parts`, which are plain files, as one ROM: only the last says that it is. Throws
/// Error(usage) for a part that is cut off, has bytes behind its last image, or is no plain ROM, and for more
/// than 16 MiB; otherwise as single_rom().
RomEdit join_roms(const std::vector<RomFile>& parts, std::optional<std::size_t> checksum_byte);

/// The ROM for another PCI device, in every image of it; bytes behind it stay. Throws as join_roms() does.
RomEdit set_rom_ids(const RomFile& file, std::uint16_t vendor, std::uint16_t device, DeviceListRule rule,
                    std::optional<std::size_t> checksum_byte);

}  // namespace san::flash
