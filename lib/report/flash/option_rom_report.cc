// SPDX-License-Identifier: Apache-2.0
#include "report/flash/option_rom_report.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "flash/rom/option_rom_file.h"

namespace san::report {
namespace {

std::string id_text(const flash::RomImage& image) {
  return fmt::format("{:04x}:{:04x}", image.vendor, image.device);
}

/// True if the byte sum is right; nothing if none is required.
std::optional<bool> checksum_good(const flash::RomImage& image) {
  if (image.code_type != flash::kCodeX86) return std::nullopt;
  return image.init_sum == std::uint8_t{0};
}

const char* good_or_wrong(bool good) {
  return good ? "good" : "wrong";
}

const char* state_of(const flash::RomStructure& part) {
  return good_or_wrong(part.whole && part.sum == 0);
}

Printable image_table(const flash::OptionRom& rom) {
  Table table({{"", "IMAGE", Table::Align::right},
               {"", "OFFSET", Table::Align::right},
               {"", "SIZE", Table::Align::right},
               {"", "TYPE"},
               {"", "DEVICE"},
               {"", "CLASS"},
               {"", "CHECKSUM"},
               {"", "LAST"}});
  for (std::size_t i = 0; i < rom.images.size(); ++i) {
    const flash::RomImage& image = rom.images[i];
    const auto good = checksum_good(image);
    table.add({std::uint64_t{i + 1}, fmt::format("{:#x}", image.offset), std::uint64_t{image.length},
               flash::code_type_name(image.code_type), id_text(image),
               fmt::format("{:06x}", image.class_code), good ? good_or_wrong(*good) : "none needed",
               image.last() ? "yes" : "no"});
  }
  return table.text();
}

Printable line(SourceText name, const std::string& text) {
  return format_text("  {:<12}  {}\n", name, text);
}

Printable efi_line(const flash::RomEfi& efi) {
  if (efi.signature != 0x0EF1) return line("EFI", fmt::format("wrong signature {:#x}", efi.signature));
  return line("EFI",
              fmt::format("{} for {}, {}, at {:#x}", flash::subsystem_name(efi.subsystem),
                          flash::machine_name(efi.machine),
                          efi.compression == 0 ? std::string("not compressed")
                                               : "compressed by " + flash::compression_name(efi.compression),
                          efi.image_offset));
}

Printable details(const flash::RomImage& image) {
  Printable text =
      line("PCIR", fmt::format("revision {}, {} bytes at {:#x}; code revision {:#06x}", image.pcir_revision,
                               image.pcir_length, image.pcir, image.code_revision));
  if (image.runtime_units != 0)
    text += line("run time", fmt::format("{} bytes at most", image.runtime_units * flash::kRomUnit));
  if (image.device_list != 0) {
    constexpr std::size_t kMany = 12;
    std::string list;
    for (std::size_t i = 0; i < std::min(kMany, image.devices.size()); ++i)
      list += fmt::format("{}{:04x}", i == 0 ? "" : ", ", image.devices[i]);
    if (image.devices.size() > kMany) list += fmt::format(" and {} more", image.devices.size() - kMany);
    text += line("devices", list.empty() ? "the list is empty" : list);
  }
  if (image.code_type == flash::kCodeX86)
    text += line("BIOS", fmt::format("{} bytes to load", image.init_size));
  for (const flash::RomPnp& pnp : image.pnp)
    text += line("$PnP", fmt::format("{}, product {}{}{}, checksum {}", pnp.manufacturer, pnp.product,
                                     pnp.boot_entry != 0 ? ", boots (BEV)" : "",
                                     pnp.boot_connection != 0 ? ", has disks (BCV)" : "", state_of(pnp)));
  if (image.undi)
    text += line("UNDI", fmt::format("PXE {}.{}.{}, checksum {}", image.undi->major, image.undi->minor,
                                     image.undi->revision, state_of(*image.undi)));
  if (image.ipxe)
    text +=
        line("iPXE", fmt::format("build {:08x}, checksum {}", image.ipxe->build_id, state_of(*image.ipxe)));
  if (image.efi) text += efi_line(*image.efi);
  return text;
}

const char* source_name(flash::RomSource source) {
  switch (source) {
    case flash::RomSource::flb3:
      return "flb3";
    case flash::RomSource::scan:
      return "scan";
    default:
      return "plain";
  }
}

Json structure_json(const flash::RomStructure& part) {
  return {{"offset", part.offset}, {"bytes", part.length}, {"checksum_good", part.whole && part.sum == 0}};
}

Json pnp_json(const flash::RomImage& image) {
  Json list = Json::array();
  for (const flash::RomPnp& pnp : image.pnp) {
    Json entry = structure_json(pnp);
    entry["manufacturer"] = pnp.manufacturer;
    entry["product"] = pnp.product;
    entry["boot_entry"] = pnp.boot_entry != 0;
    entry["boot_connection"] = pnp.boot_connection != 0;
    list.push_back(std::move(entry));
  }
  return list;
}

Json efi_json(const flash::RomEfi& efi) {
  return {{"machine", flash::machine_name(efi.machine)},
          {"subsystem", flash::subsystem_name(efi.subsystem)},
          {"compression", flash::compression_name(efi.compression)},
          {"init_bytes", efi.init_units * flash::kRomUnit},
          {"driver_offset", efi.image_offset}};
}

Json image_json(const flash::RomImage& image) {
  const auto good = checksum_good(image);
  Json devices = nullptr;
  if (image.device_list != 0) {
    devices = Json::array();
    for (const std::uint16_t device : image.devices) devices.push_back(fmt::format("{:04x}", device));
  }
  Json out = {
      {"offset", image.offset},
      {"bytes", image.declared},
      {"type", flash::code_type_name(image.code_type)},
      {"code_type", image.code_type},
      {"vendor", fmt::format("{:04x}", image.vendor)},
      {"device", fmt::format("{:04x}", image.device)},
      {"devices", devices},
      {"class", fmt::format("{:06x}", image.class_code)},
      {"code_revision", image.code_revision},
      {"pcir", {{"offset", image.pcir}, {"bytes", image.pcir_length}, {"revision", image.pcir_revision}}},
      {"indicator", image.indicator},
      {"last", image.last()},
      {"checksum_good", good ? Json(*good) : Json(nullptr)},
      {"byte_sum", image.sum},
      {"init_bytes", image.code_type == flash::kCodeX86 ? Json(image.init_size) : Json(nullptr)},
      {"pnp", pnp_json(image)},
      {"undi", nullptr},
      {"ipxe", nullptr},
      {"efi", image.efi ? efi_json(*image.efi) : Json(nullptr)}};
  if (image.undi) {
    out["undi"] = structure_json(*image.undi);
    out["undi"]["pxe_version"] =
        fmt::format("{}.{}.{}", image.undi->major, image.undi->minor, image.undi->revision);
  }
  if (image.ipxe) {
    out["ipxe"] = structure_json(*image.ipxe);
    out["ipxe"]["build_id"] = fmt::format("{:08x}", image.ipxe->build_id);
  }
  return out;
}

/// Describes the bytes after the ROM.
std::string trailing_text(std::span<const std::byte> bytes) {
  const bool same =
      std::all_of(bytes.begin(), bytes.end(), [&bytes](std::byte byte) { return byte == bytes.front(); });
  return fmt::format(
      "{} bytes behind the last image{}", bytes.size(),
      same ? fmt::format(", all of them {:02x}", std::to_integer<unsigned>(bytes.front())) : std::string());
}

}  // namespace

Printable rom_text(const flash::RomFile& file) {
  Printable text = format_text("{}: {} bytes", file.name, file.bytes.size());
  if (file.source == flash::RomSource::flb3)
    text += "; an FLB3 container, whose headers no document describes: its ROMs were looked for";
  text += "\n";
  for (std::size_t number = 0; number < file.roms.size(); ++number) {
    const flash::OptionRom& rom = file.roms[number];
    if (file.source != flash::RomSource::plain)
      text += format_text("\nROM {} at {:#x}, {} bytes\n", number + 1, rom.offset, rom.length);
    text += "\n" + image_table(rom);
    for (std::size_t i = 0; i < rom.images.size(); ++i)
      text += format_text("\n{}\n{}", flash::rom_image_name(file, number, i), details(rom.images[i]));
  }
  if (const auto trailing = file.trailing(); !trailing.empty())
    text += format_text("\n{}\n", trailing_text(trailing));
  return text;
}

Json rom_json(const flash::RomFile& file) {
  Json roms = Json::array();
  for (const flash::OptionRom& rom : file.roms) {
    Json images = Json::array();
    for (const flash::RomImage& image : rom.images) images.push_back(image_json(image));
    roms.push_back({{"offset", rom.offset}, {"bytes", rom.length}, {"images", images}});
  }
  return {{"file", file.name},
          {"bytes", file.bytes.size()},
          {"source", source_name(file.source)},
          {"roms", roms},
          {"trailing_bytes",
           file.source == flash::RomSource::plain ? Json(file.trailing().size()) : Json(nullptr)}};
}

}  // namespace san::report
