// SPDX-License-Identifier: Apache-2.0
// PCI Firmware Specification 3.0, chapter 5; UEFI Specification 2.10, 14.4.2; Plug and Play BIOS
// Specification 1.0A, 3.2; PXE Specification 2.1, 4.1; for iPXE's own header its romprefix.S.
#include "flash/rom/option_rom.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/endian.h"

namespace san::flash {
namespace {

constexpr std::size_t kMaxPnp = 16;  // headers that are followed before it counts as a loop
constexpr std::size_t kMaxDevices = 4096;
constexpr std::size_t kMaxName = 128;

struct PciData {
  char signature[4];
  le16 vendor, device, device_list, length;
  std::uint8_t revision;
  std::uint8_t interface, sub_class, base_class;
  le16 image_length, code_revision;
  std::uint8_t code_type, indicator;
  le16 runtime_length;  // reserved before revision 3
};
static_assert(sizeof(PciData) == 0x18);

struct PnpHeader {
  char signature[4];
  std::uint8_t revision, length;  // in units of 16 bytes
  le16 next;
  std::uint8_t reserved, checksum;
  le32 device;
  le16 manufacturer, product;
  std::uint8_t base_class, sub_class, interface, indicator;
  le16 boot_connection, disconnect, boot_entry, reserved2, resources;
};
static_assert(sizeof(PnpHeader) == 0x20);

struct UndiHeader {
  char signature[4];
  std::uint8_t length, checksum, structure_revision;
  std::uint8_t revision, minor, major;  // of PXE
  le16 loader, stack, data, code;
  char bus[4];
};
static_assert(sizeof(UndiHeader) == 0x16);

struct IpxeHeader {
  char signature[4];
  std::uint8_t length, checksum, shrunk_size, reserved;
  le32 build_id;
};
static_assert(sizeof(IpxeHeader) == 0x0C);

struct EfiHeader {
  le16 rom_signature, init_units;
  le32 signature;
  le16 subsystem, machine, compression;
  std::uint8_t reserved[8];
  le16 image_offset, pcir;
};
static_assert(sizeof(EfiHeader) == 0x1A);

std::uint16_t pointer_at(std::span<const std::byte> image, std::size_t offset) {
  const auto value = read_at<le16>(image, offset);
  return value ? std::uint16_t{*value} : std::uint16_t{0};
}

/// Returns the structure that begins with these letters, or nothing if they do not match.
template <typename T>
std::optional<T> signed_at(std::span<const std::byte> image, std::size_t offset, std::string_view letters) {
  auto found = read_at<T>(image, offset);
  if (found && std::string_view(found->signature, 4) != letters) found.reset();
  return found;
}

void measure(RomStructure& part, std::span<const std::byte> image, std::size_t offset, std::size_t length,
             std::size_t least) {
  part.offset = offset;
  part.length = length;
  part.whole = length >= least && length <= image.size() - offset;
  part.sum = byte_sum(image.subspan(offset, std::min(length, image.size() - offset)));
}

std::string text_at(std::span<const std::byte> image, std::size_t offset) {
  std::string text;
  if (offset == 0) return text;
  for (; offset < image.size() && text.size() < kMaxName && image[offset] != std::byte{0}; ++offset)
    text += static_cast<char>(image[offset]);
  return text;
}

void find_pnp(RomImage& rom, std::span<const std::byte> image) {
  rom.pnp_pointer = pointer_at(image, 0x1A);
  for (std::size_t at = rom.pnp_pointer; at != 0 && rom.pnp.size() < kMaxPnp;) {
    const auto header = signed_at<PnpHeader>(image, at, "$PnP");
    if (!header) return;
    RomPnp& pnp = rom.pnp.emplace_back();
    measure(pnp, image, at, header->length * std::size_t{16}, sizeof(PnpHeader));
    pnp.manufacturer = text_at(image, header->manufacturer);
    pnp.product = text_at(image, header->product);
    pnp.base_class = header->base_class;
    pnp.boot_connection = header->boot_connection;
    pnp.boot_entry = header->boot_entry;
    at = header->next;
  }
}

void find_x86(RomImage& rom, std::span<const std::byte> image) {
  rom.init_size = std::to_integer<std::size_t>(image[2]) * kRomUnit;
  if (rom.init_size <= image.size()) rom.init_sum = byte_sum(image.first(rom.init_size));
  find_pnp(rom, image);
  rom.undi_pointer = pointer_at(image, 0x16);
  if (const auto undi = signed_at<UndiHeader>(image, rom.undi_pointer, "UNDI")) {
    measure(rom.undi.emplace(), image, rom.undi_pointer, undi->length, sizeof(UndiHeader));
    rom.undi->major = undi->major;
    rom.undi->minor = undi->minor;
    rom.undi->revision = undi->revision;
  }
  const std::size_t at = pointer_at(image, 0x10);
  if (const auto ipxe = signed_at<IpxeHeader>(image, at, "iPXE")) {
    measure(rom.ipxe.emplace(), image, at, ipxe->length, sizeof(IpxeHeader));
    rom.ipxe->build_id = ipxe->build_id;
  }
}

/// Machine and subsystem of the PE header (PE/COFF: 0x3C points to it; the optional header behind it has the
/// subsystem at 0x44, in 32 and in 64 bits).
void find_pe(RomEfi& efi, std::span<const std::byte> image) {
  if (efi.image_offset >= image.size()) return;
  const auto driver = image.subspan(efi.image_offset);
  if (pointer_at(driver, 0) != 0x5A4D) return;  // "MZ"
  const auto at = read_at<le32>(driver, 0x3C);
  if (!at || *at >= driver.size()) return;
  const auto header = driver.subspan(*at);
  const auto letters = read_at<le32>(header, 0);
  const auto machine = read_at<le16>(header, 4);
  const auto subsystem = read_at<le16>(header, 0x18 + 0x44);
  if (!letters || *letters != 0x00004550 || !machine || !subsystem) return;
  efi.pe_found = true;
  efi.pe_machine = *machine;
  efi.pe_subsystem = *subsystem;
}

void find_efi(RomImage& rom, std::span<const std::byte> image) {
  const auto header = read_at<EfiHeader>(image, 0);
  if (!header) return;
  RomEfi& efi = rom.efi.emplace();
  efi.signature = header->signature;
  efi.init_units = header->init_units;
  efi.subsystem = header->subsystem;
  efi.machine = header->machine;
  efi.compression = header->compression;
  efi.image_offset = header->image_offset;
  if (efi.compression == 0) find_pe(efi, image);
}

void find_devices(RomImage& rom, std::span<const std::byte> image, std::uint16_t pointer) {
  // Before revision 3 the field was reserved, and before that it pointed to vital product data.
  if (rom.pcir_revision < 3 || pointer == 0) return;
  rom.device_list = rom.pcir + pointer;
  rom.device_list_whole = false;
  for (std::size_t at = rom.device_list; rom.devices.size() < kMaxDevices; at += 2) {
    const auto device = read_at<le16>(image, at);
    if (!device) return;
    if (*device == 0) {
      rom.device_list_whole = true;
      return;
    }
    rom.devices.push_back(*device);
  }
}

}  // namespace

std::uint8_t byte_sum(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte byte : bytes) sum += std::to_integer<unsigned>(byte);
  return static_cast<std::uint8_t>(sum);
}

std::optional<RomImage> parse_rom_image(std::span<const std::byte> bytes, std::size_t offset) {
  const auto signature = read_at<le16>(bytes, offset);
  const auto pointer = read_at<le16>(bytes, offset + 0x18);
  if (!signature || *signature != 0xAA55 || !pointer) return std::nullopt;
  const auto data = signed_at<PciData>(bytes, offset + *pointer, "PCIR");
  if (!data) return std::nullopt;

  RomImage rom;
  rom.offset = offset;
  rom.declared = data->image_length * kRomUnit;
  rom.length = std::min(rom.declared, bytes.size() - offset);
  rom.pcir = *pointer;
  rom.pcir_length = data->length;
  rom.pcir_revision = data->revision;
  rom.vendor = data->vendor;
  rom.device = data->device;
  rom.class_code =
      static_cast<std::uint32_t>(data->base_class << 16 | data->sub_class << 8 | data->interface);
  rom.code_revision = data->code_revision;
  rom.code_type = data->code_type;
  rom.indicator = data->indicator;
  if (rom.pcir_revision >= 3) rom.runtime_units = data->runtime_length;

  // An image that ends before its own PCI data structure has nothing to parse.
  const auto image = bytes.subspan(offset, rom.length);
  if (rom.pcir + sizeof(PciData) > image.size()) return rom;
  rom.sum = byte_sum(image);
  find_devices(rom, image, data->device_list);
  if (rom.code_type == kCodeX86) find_x86(rom, image);
  if (rom.code_type == kCodeEfi) find_efi(rom, image);
  return rom;
}

OptionRom parse_option_rom(std::span<const std::byte> bytes, std::size_t offset) {
  OptionRom rom;
  rom.offset = offset;
  while (auto image = parse_rom_image(bytes, offset)) {
    rom.length = offset + image->length - rom.offset;
    const bool end = image->last() || image->length == 0;
    offset += image->length;
    rom.images.push_back(std::move(*image));
    if (end) break;
  }
  return rom;
}

std::string code_type_name(std::uint8_t type) {
  switch (type) {
    case kCodeX86:
      return "x86";
    case kCodeOpenFirmware:
      return "Open Firmware";
    case kCodePaRisc:
      return "PA-RISC";
    case kCodeEfi:
      return "EFI";
    case kCodeIpxePayload:
      return "iPXE payload";
    default:
      return fmt::format("type {:#04x}", type);
  }
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 0x014C:
      return "IA-32";
    case 0x0200:
      return "Itanium";
    case 0x0EBC:
      return "EFI byte code";
    case 0x8664:
      return "x86-64";
    case 0x01C2:
      return "AArch32";
    case 0xAA64:
      return "AArch64";
    case 0x5064:
      return "RISC-V 64";
    default:
      return fmt::format("{:#06x}", machine);
  }
}

std::string subsystem_name(std::uint16_t subsystem) {
  switch (subsystem) {
    case 10:
      return "application";
    case 11:
      return "boot service driver";
    case 12:
      return "runtime driver";
    default:
      return fmt::format("{}", subsystem);
  }
}

std::string compression_name(std::uint16_t compression) {
  switch (compression) {
    case 0:
      return "none";
    case 1:
      return "UEFI";
    default:
      return fmt::format("{:#06x}", compression);
  }
}

}  // namespace san::flash
