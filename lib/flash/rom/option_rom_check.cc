// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "flash/rom/option_rom_file.h"

namespace san::flash {
namespace {

constexpr std::uint32_t kNetworkClass = 0x02;

/// Findings about one image.
class ImageCheck {
 public:
  ImageCheck(const RomImage& image, std::string where, Diagnostics& findings)
      : image_(image), where_(std::move(where)), findings_(findings) {}

  void run() {
    check_lengths();
    check_devices();
    if (image_.code_type == kCodeX86) check_x86();
    if (image_.code_type == kCodeEfi) check_efi();
  }

 private:
  void error(std::string text) { findings_.push_back({Severity::error, where_, std::move(text)}); }
  void warning(std::string text) { findings_.push_back({Severity::warning, where_, std::move(text)}); }

  void check_lengths() {
    if (image_.declared == 0) error("its PCI data structure says that it has no bytes");
    if (image_.length < image_.declared)
      error(fmt::format("has {} bytes by its PCI data structure, but the file ends after {}", image_.declared,
                        image_.length));
    const std::size_t least = image_.pcir_revision >= 3 ? 0x1C : 0x18;
    if (image_.pcir_length < least)
      error(fmt::format("its PCI data structure has {} bytes; revision {} has {}", image_.pcir_length,
                        image_.pcir_revision, least));
    else if (image_.pcir + image_.pcir_length > image_.declared)
      error("its PCI data structure reaches past its end");
    if (image_.pcir % 4 != 0) warning("its PCI data structure does not begin at a multiple of 4");
  }

  void check_devices() {
    if (!image_.device_list_whole) error("its list of devices has no end within the image");
    if ((image_.vendor == 0 || image_.vendor == 0xFFFF) && (image_.device == 0 || image_.device == 0xFFFF))
      warning("names no PCI device");
  }

  void check_structure(const char* name, const RomStructure& part) {
    if (!part.whole)
      error(fmt::format("the {} structure at {:#x} has a wrong length, {}", name, part.offset, part.length));
    else if (part.sum != 0)
      error(fmt::format("the checksum of the {} structure at {:#x} is wrong: its bytes add up to {:#04x}",
                        name, part.offset, part.sum));
  }

  void check_x86() {
    if (image_.init_size == 0)
      error("byte 2 says that it has no bytes");
    else if (image_.init_size > image_.declared)
      error(fmt::format("byte 2 says that it has {} bytes, but its PCI data structure {}", image_.init_size,
                        image_.declared));
    if (image_.init_sum.value_or(0) != 0)
      error(fmt::format("the checksum is wrong: its bytes add up to {:#04x}", *image_.init_sum));
    if (image_.pnp_pointer != 0 && image_.pnp.empty())
      warning(fmt::format("word 0x1a points to {:#x}, where no $PnP structure is", image_.pnp_pointer));
    for (const RomPnp& pnp : image_.pnp) check_structure("$PnP", pnp);
    if (image_.undi)
      check_structure("UNDI", *image_.undi);
    else if (image_.undi_pointer != 0 && image_.class_code >> 16 == kNetworkClass)
      warning(fmt::format("word 0x16 points to {:#x}, where no UNDI structure is", image_.undi_pointer));
    if (image_.ipxe) check_structure("iPXE", *image_.ipxe);
  }

  void check_efi() {
    if (!image_.efi) {
      error("is too short for an EFI header");
      return;
    }
    const RomEfi& efi = *image_.efi;
    if (efi.signature != 0x0EF1) {
      error(fmt::format("its EFI signature is {:#x}, not 0xef1", efi.signature));
      return;
    }
    if (efi.init_units * kRomUnit > image_.declared)
      error(fmt::format("its EFI header says that it has {} bytes, but its PCI data structure {}",
                        efi.init_units * kRomUnit, image_.declared));
    if (efi.image_offset == 0 || efi.image_offset >= image_.declared)
      error(fmt::format("the EFI driver is said to begin at {:#x}, outside the image", efi.image_offset));
    else if (efi.compression == 0 && !efi.pe_found)
      error(fmt::format("the EFI driver is said to begin at {:#x}, but no PE header is there",
                        efi.image_offset));
    if (efi.compression > 1) warning("its compression is unknown: " + compression_name(efi.compression));
    if (!efi.pe_found) return;
    if (efi.pe_machine != efi.machine)
      error(fmt::format("its EFI header is for {}, but the driver is for {}", machine_name(efi.machine),
                        machine_name(efi.pe_machine)));
    if (efi.pe_subsystem != efi.subsystem)
      error(fmt::format("its EFI header says {}, but the driver is of another kind: {}",
                        subsystem_name(efi.subsystem), subsystem_name(efi.pe_subsystem)));
  }

  const RomImage& image_;
  const std::string where_;
  Diagnostics& findings_;
};

void check_chain(const RomFile& file, std::size_t number, Diagnostics& findings) {
  const OptionRom& rom = file.roms[number];
  const RomImage& last = rom.images.back();
  const std::string where = rom_image_name(file, number, rom.images.size() - 1);
  const std::size_t end = rom.offset + rom.length;
  if (!last.last())
    findings.push_back({Severity::error, where, "says that an image follows, but none does"});
  else if (last.length != 0 && parse_rom_image(file.bytes, end))
    findings.push_back(
        {Severity::warning, where,
         fmt::format("says that it is the last, but at {:#x} another one begins, which nothing reaches",
                     end)});
  for (const RomImage& image : rom.images)
    if (image.vendor != rom.images.front().vendor || image.device != rom.images.front().device) {
      findings.push_back(
          {Severity::warning,
           rom_image_name(file, number, static_cast<std::size_t>(&image - rom.images.data())),
           fmt::format("is for PCI device {:04x}:{:04x}, but image 1 is for {:04x}:{:04x}", image.vendor,
                       image.device, rom.images.front().vendor, rom.images.front().device)});
    }
}

}  // namespace

Diagnostics rom_findings(const RomFile& file) {
  Diagnostics findings;
  for (std::size_t rom = 0; rom < file.roms.size(); ++rom) {
    for (std::size_t i = 0; i < file.roms[rom].images.size(); ++i)
      ImageCheck(file.roms[rom].images[i], rom_image_name(file, rom, i), findings).run();
    check_chain(file, rom, findings);
  }
  sort_worst_first(findings);
  return findings;
}

}  // namespace san::flash
