// SPDX-License-Identifier: Apache-2.0
// The input is a file with option ROMs. Whatever it is, it is read and described; what can be taken apart is
// put together again as it was, and what gets another id gets it back.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "flash/rom/option_rom_edit.h"
#include "report/flash/option_rom_report.h"

using namespace san::flash;
using namespace san::report;

namespace {

void must(bool condition) {
  if (!condition) std::abort();
}

/// Takes most of the time: of one input in 256, by the sum of its bytes. A byte at a fixed place would soon
/// be that of most of the corpus.
void describe(const RomFile& file) {
  must(!rom_text(file).empty());
  must(rom_json(file).is_object());
  for (const san::Diagnostic& finding : rom_findings(file)) must(!finding.text.empty());
}

void check_places(const RomFile& file) {
  std::size_t end = 0;
  for (const OptionRom& rom : file.roms) {
    must(rom.offset >= end && rom.offset + rom.length <= file.bytes.size() && !rom.images.empty());
    end = rom.offset + rom.length;
    for (const RomImage& image : rom.images) must(file.image(image).size() == image.length);
  }
}

void take_apart(const RomFile& file) {
  std::vector<RomFile> parts;
  for (const RomImage& image : file.roms.front().images)
    parts.push_back(parse_rom_file("part", single_rom(file, image, 6).bytes, false));
  const RomEdit joined = join_roms(parts, 6);
  const std::size_t length = file.roms.front().length;
  // The last one says so now, even where it did not.
  if (file.roms.front().images.back().last())
    must(std::equal(joined.bytes.begin(), joined.bytes.end(), file.bytes.begin(),
                    file.bytes.begin() + static_cast<std::ptrdiff_t>(length)));
}

void change_ids(const RomFile& file) {
  const RomImage& first = file.roms.front().images.front();
  const RomEdit there = set_rom_ids(file, 0x1234, 0x5678, DeviceListRule::keep, 6);
  const RomFile changed = parse_rom_file("changed", there.bytes, false);
  const RomEdit back = set_rom_ids(changed, first.vendor, first.device, DeviceListRule::keep, 6);
  must(back.bytes.size() == file.bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  for (const bool scan : {true, false}) {
    try {
      const RomFile file = parse_rom_file("fuzz", {input.begin(), input.end()}, scan);
      check_places(file);
      if (byte_sum(input) == 1) describe(file);  // whole ROMs have 0
      if (scan || file.source != RomSource::plain) continue;
      take_apart(file);
      change_ids(file);
    } catch (const san::Error&) {
    }
  }
  return 0;
}
