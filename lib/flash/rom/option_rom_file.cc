// SPDX-License-Identifier: Apache-2.0
#include "flash/rom/option_rom_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/hint_id.h"
#include "flash/flash_file.h"

namespace san::flash {
namespace {

/// Finds ROMs at any byte, because containers align nothing. The inside of a ROM is not searched for others.
std::vector<OptionRom> scan_for_roms(std::span<const std::byte> bytes) {
  std::vector<OptionRom> roms;
  for (std::size_t at = 0; at + 1 < bytes.size();) {
    if (bytes[at] != std::byte{0x55} || bytes[at + 1] != std::byte{0xAA}) {
      ++at;
      continue;
    }
    OptionRom rom = parse_option_rom(bytes, at);
    at += std::max<std::size_t>(rom.length, 1);
    if (rom.length != 0) roms.push_back(std::move(rom));
  }
  return roms;
}

bool begins_with(std::span<const std::byte> bytes, std::string_view letters) {
  return bytes.size() >= letters.size() &&
         std::equal(letters.begin(), letters.end(), bytes.begin(),
                    [](char letter, std::byte byte) { return static_cast<std::byte>(letter) == byte; });
}

Error no_rom(const RomFile& file, bool scanned) {
  if (scanned) return {Exit::usage, file.name, "has no option ROM in it: no 55 AA that leads to \"PCIR\""};
  if (begins_with(file.bytes, "\x55\xAA"))
    return {Exit::usage, file.name, "is not a PCI option ROM: word 0x18 does not lead to \"PCIR\""};
  return {Exit::usage, file.name, "is not an option ROM: it does not begin with 55 AA",
          Hint(HintId::scan_flash, "a dump of a whole flash is searched for one")};
}

}  // namespace

std::span<const std::byte> RomFile::trailing() const {
  if (source != RomSource::plain || roms.empty()) return {};
  return std::span(bytes).subspan(roms.front().offset + roms.front().length);
}

RomFile parse_rom_file(std::string name, std::vector<std::byte> content, bool scan) {
  RomFile file;
  file.name = std::move(name);
  file.bytes = std::move(content);
  if (scan)
    file.source = RomSource::scan;
  else if (begins_with(file.bytes, "FLB3"))
    file.source = RomSource::flb3;
  if (file.source != RomSource::plain) {
    file.roms = scan_for_roms(file.bytes);
  } else if (OptionRom rom = parse_option_rom(file.bytes, 0); !rom.images.empty()) {
    file.roms.push_back(std::move(rom));
  }
  if (file.roms.empty()) throw no_rom(file, file.source != RomSource::plain);
  return file;
}

RomFile read_rom_file(const std::string& path, bool scan) {
  return parse_rom_file(path, read_flash_file(path, kMaxFlashFile), scan);
}

std::string rom_image_name(const RomFile& file, std::size_t rom, std::size_t image) {
  if (file.roms.size() == 1) return fmt::format("image {}", image + 1);
  return fmt::format("ROM {}, image {}", rom + 1, image + 1);
}

}  // namespace san::flash
