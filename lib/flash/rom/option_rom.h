// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

/// Code types of the PCI data structure (PCI Firmware Specification 3.0, 5.1; 0xFF: iPXE's mromprefix.S).
inline constexpr std::uint8_t kCodeX86 = 0, kCodeOpenFirmware = 1, kCodePaRisc = 2, kCodeEfi = 3,
                              kCodeIpxePayload = 0xFF;
inline constexpr std::size_t kRomUnit = 512;          ///< unit of image sizes, in bytes
inline constexpr std::uint8_t kIndicatorLast = 0x80;  ///< bit 7 of the indicator: no image follows

/// A structure inside an image that has a checksum: $PnP, UNDI, iPXE. Its bytes add up to 0.
struct RomStructure {
  std::size_t offset = 0;  ///< offset from the beginning of the image
  std::size_t length = 0;  ///< bytes, as it declares
  std::uint8_t sum = 0;    ///< sum of all its bytes
  bool whole = false;      ///< true if it ends within the image, and is long enough for its fields
};

/// Structure "$PnP" (Plug and Play BIOS Specification 1.0A, 3.2).
struct RomPnp : RomStructure {
  std::string manufacturer, product;  ///< strings of the image, unchecked; empty if there are none
  std::uint8_t base_class = 0;
  std::uint16_t boot_connection = 0, boot_entry = 0;  ///< offsets of the vectors BCV and BEV; 0 for none
};

/// Structure "UNDI", the UNDI ROM ID structure (PXE Specification 2.1, 4.1).
struct RomUndi : RomStructure {
  unsigned major = 0, minor = 0, revision = 0;  ///< version of PXE
};

/// Structure "iPXE" (iPXE's romprefix.S).
struct RomIpxe : RomStructure {
  std::uint32_t build_id = 0;  ///< common to the parts of a .mrom
};

/// Header of an EFI image (UEFI Specification 2.10, 14.4.2).
struct RomEfi {
  std::uint32_t signature = 0;  ///< 0x0EF1
  std::uint16_t init_units = 0;
  std::uint16_t subsystem = 0, machine = 0;  ///< values of a PE header
  std::uint16_t compression = 0;             ///< 0: none, 1: the UEFI algorithm
  std::uint16_t image_offset = 0;            ///< offset of the driver from the beginning of the image
  bool pe_found = false;                     ///< a PE header was found at that offset
  std::uint16_t pe_subsystem = 0, pe_machine = 0;
};

/// One image of an expansion ROM. Offsets inside it count from its beginning.
struct RomImage {
  std::size_t offset = 0;    ///< offset from the beginning of the file
  std::size_t declared = 0;  ///< bytes, as declared in the PCI data structure
  std::size_t length = 0;    ///< bytes present; fewer if the file ends first

  std::size_t pcir = 0;  ///< offset of the PCI data structure (PCI Firmware Specification 3.0, 5.1.2)
  std::size_t pcir_length = 0;
  std::uint8_t pcir_revision = 0;
  std::uint16_t vendor = 0, device = 0;
  std::uint32_t class_code = 0;  ///< base class, sub-class, interface: 0x020000 is Ethernet
  std::uint16_t code_revision = 0;
  std::uint8_t code_type = 0, indicator = 0;
  std::uint16_t runtime_units = 0;  ///< from revision 3 of the structure on

  std::size_t device_list = 0;         ///< offset of the list of more device ids; 0 for none
  std::vector<std::uint16_t> devices;  ///< ids in that list
  bool device_list_whole = true;       ///< its end was found within the image

  std::size_t init_size = 0;             ///< bytes that the BIOS loads and adds up, code type 0
  std::optional<std::uint8_t> init_sum;  ///< their sum; empty if the image is shorter
  std::uint8_t sum = 0;                  ///< sum of the bytes present
  std::size_t pnp_pointer = 0, undi_pointer = 0;
  std::vector<RomPnp> pnp;
  std::optional<RomUndi> undi;
  std::optional<RomIpxe> ipxe;
  std::optional<RomEfi> efi;

  bool last() const { return (indicator & kIndicatorLast) != 0; }
};

/// Consecutive images, as in the expansion ROM of a device.
struct OptionRom {
  std::size_t offset = 0;  ///< offset from the beginning of the file
  std::size_t length = 0;  ///< bytes up to the end of the last image
  std::vector<RomImage> images;
};

/// Parses the image at `offset` of `bytes`; returns nothing unless it begins with 55 AA and its pointer leads
/// to "PCIR".
std::optional<RomImage> parse_rom_image(std::span<const std::byte> bytes, std::size_t offset);

/// Parses the chain of images that begins at `offset`, up to one that is marked as the last, or that no image
/// follows. Without images if none begins there.
OptionRom parse_option_rom(std::span<const std::byte> bytes, std::size_t offset);

/// Returns the sum of bytes, modulo 256.
std::uint8_t byte_sum(std::span<const std::byte> bytes);

/// Names a code type: "x86", "EFI", "iPXE payload", "Open Firmware", "PA-RISC", "type 0x05".
std::string code_type_name(std::uint8_t type);
/// Names a machine type: "x86-64", "IA-32", "AArch64" …, or the number (UEFI Specification 2.10, 2.1.1).
std::string machine_name(std::uint16_t machine);
/// Names a subsystem: "application", "boot service driver", "runtime driver", or the number.
std::string subsystem_name(std::uint16_t subsystem);
/// Names a compression: "none", "UEFI", or the number.
std::string compression_name(std::uint16_t compression);

}  // namespace san::flash
