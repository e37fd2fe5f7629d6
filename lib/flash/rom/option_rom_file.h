// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "flash/rom/option_rom.h"

namespace san::flash {

/// Method by which the ROMs of a file were found.
enum class RomSource {
  plain,  ///< the file is one ROM
  flb3,   ///< searched for in Intel's container for BootUtil, whose format no document describes
  scan,   ///< searched for at the user's request: a dump of a flash
};

/// A file with option ROMs.
struct RomFile {
  std::string name;
  RomSource source = RomSource::plain;
  std::vector<std::byte> bytes;
  std::vector<OptionRom> roms;

  std::span<const std::byte> image(const RomImage& image) const {
    return std::span(bytes).subspan(image.offset, image.length);
  }
  /// Returns the bytes behind the ROM of a plain file; empty for the others.
  std::span<const std::byte> trailing() const;
};

/// Parses `content` of the file `name`. Without `scan`, an option ROM begins at its first byte, or it is an
/// FLB3 container; with it, ROMs are searched for at every byte: 55 AA, and "PCIR" where its pointer leads.
/// Throws Error(usage) if there is none.
RomFile parse_rom_file(std::string name, std::vector<std::byte> content, bool scan);

/// Reads and parses the file at `path`. Throws as parse_rom_file() and read_flash_file() do.
RomFile read_rom_file(const std::string& path, bool scan);

/// Checks the ROMs and returns the findings, errors first: signatures, pointers, lengths, checksums, the bit
/// of the last image. Only x86 images must add up to 0; EFI images need not.
Diagnostics rom_findings(const RomFile& file);

/// Names an image: "image 1" in a plain file with one ROM, "ROM 2, image 1" otherwise.
std::string rom_image_name(const RomFile& file, std::size_t rom, std::size_t image);

}  // namespace san::flash
