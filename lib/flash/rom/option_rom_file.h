// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "flash/finding.h"
#include "flash/rom/option_rom.h"

namespace san::flash {

/// How the ROMs of a file were found.
enum class RomSource {
  plain,  ///< the file is one ROM
  flb3,   ///< Intel's container for BootUtil: no document describes it, so its ROMs are looked for
  scan,   ///< looked for, because the user said so: a dump of a flash
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
  /// Bytes behind the ROM of a plain file; nothing of the others.
  std::span<const std::byte> trailing() const;
};

/// What `content` of the file `name` holds. Without `scan`, an option ROM begins at its first byte, or it is
/// an FLB3 container; with it, ROMs are looked for at every byte: 55 AA, and "PCIR" where that points. Throws
/// Error(usage) where there is none.
RomFile parse_rom_file(std::string name, std::vector<std::byte> content, bool scan);

/// The same of the file at `path`.
RomFile read_rom_file(const std::string& path, bool scan);

/// What is wrong with the ROMs, errors first: signatures, pointers, lengths, checksums, the bit of the last
/// image. Only x86 images have to add up to 0; of EFI images nothing has.
std::vector<Finding> rom_findings(const RomFile& file);

/// All that is known about the ROMs.
Printable rom_text(const RomFile& file);
Json rom_json(const RomFile& file);

/// "image 1" of a plain file with one ROM, "ROM 2, image 1" otherwise.
std::string rom_image_name(const RomFile& file, std::size_t rom, std::size_t image);

}  // namespace san::flash
