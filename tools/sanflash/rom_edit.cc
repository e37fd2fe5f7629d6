// SPDX-License-Identifier: Apache-2.0
// sanflash rom extract, join, set-id
#include <fmt/core.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/process/log.h"
#include "flash/flash_file.h"
#include "output.h"
#include "rom.h"

namespace san {
namespace {

void warn(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) log::message(log::Level::warning, note);
}

/// Returns the type for names of files: "x86", "efi", "payload", "other".
const char* short_type(std::uint8_t type) {
  switch (type) {
    case flash::kCodeX86:
      return "x86";
    case flash::kCodeEfi:
      return "efi";
    case flash::kCodeIpxePayload:
      return "payload";
    default:
      return "other";
  }
}

struct Piece {
  std::string path;
  std::vector<std::byte> bytes;
};

/// Returns the name of a piece: "card-1-x86.rom", or "card-rom2-1-x86.rom" if a file has several ROMs.
std::string piece_name(const flash::RomFile& file, const std::string& stem, std::size_t rom,
                       std::size_t image) {
  const std::string number =
      file.roms.size() == 1 ? fmt::format("{}", image + 1) : fmt::format("rom{}-{}", rom + 1, image + 1);
  return fmt::format("{}-{}-{}.rom", stem, number, short_type(file.roms[rom].images[image].code_type));
}

std::vector<Piece> pieces_of(const flash::RomFile& file, const RomArgument& argument,
                             std::vector<std::string>& notes) {
  const std::filesystem::path directory = argument.output.empty() ? "." : argument.output;
  const std::string stem = std::filesystem::path(file.name).stem().string();
  const auto path = [&directory](const std::string& name) {
    return directory == "." ? name : (directory / name).string();
  };
  std::vector<Piece> pieces;
  for (std::size_t rom = 0; rom < file.roms.size(); ++rom)
    for (std::size_t i = 0; i < file.roms[rom].images.size(); ++i) {
      const flash::RomImage& image = file.roms[rom].images[i];
      const auto raw = file.image(image);
      flash::RomEdit edit{{raw.begin(), raw.end()}, {}};
      if (!argument.raw) edit = flash::single_rom(file, image, argument.checksum_byte);
      notes.insert(notes.end(), edit.notes.begin(), edit.notes.end());
      pieces.push_back({path(piece_name(file, stem, rom, i)), std::move(edit.bytes)});
    }
  if (const auto rest = file.trailing(); !rest.empty())
    pieces.push_back({path(stem + "-trailing.bin"), {rest.begin(), rest.end()}});
  return pieces;
}

/// Parses "8086:100e" in hexadecimal digits. Throws Error(usage).
std::pair<std::uint16_t, std::uint16_t> parse_id(const std::string& text) {
  const auto number = [](std::string_view part) -> std::optional<std::uint16_t> {
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    return value;
  };
  const auto colon = text.find(':');
  const auto vendor = number(std::string_view(text).substr(0, colon));
  const auto device =
      colon == std::string::npos ? std::nullopt : number(std::string_view(text).substr(colon + 1));
  if (!vendor || !device)
    throw Error(Exit::usage, "--id " + text, "is not a PCI device", "write vendor and device as 8086:100e");
  return {*vendor, *device};
}

flash::DeviceListRule parse_rule(const std::string& text) {
  if (text == "only") return flash::DeviceListRule::only;
  if (text == "keep") return flash::DeviceListRule::keep;
  return flash::DeviceListRule::update;
}

Exit written(const CommonOptions& common, const std::string& path, const flash::RomEdit& edit) {
  warn(edit.notes);
  if (common.json)
    print_json({{"written", path}, {"bytes", edit.bytes.size()}, {"notes", edit.notes}});
  else if (!common.quiet)
    print_text(format_text("{}: {} bytes\n", path, edit.bytes.size()));
  return Exit::ok;
}

void check_rom_output(const RomArgument& argument, const std::string& path) {
  std::vector<NamedFile> inputs = {{"--trailing", argument.trailing}};
  for (const std::string& file : argument.files) inputs.push_back({"FILE", file});
  check_apart({{"--output", path}}, inputs);
  check_output(path, kRom, argument.overwrite);
}

}  // namespace

Exit rom_extract(const CommonOptions& common, const RomArgument& argument) {
  const flash::RomFile file = flash::read_rom_file(argument.files.front(), argument.scan);
  std::vector<std::string> notes;
  const auto pieces = pieces_of(file, argument, notes);
  // Names that are taken are found before the first file is made.
  for (const Piece& piece : pieces) check_rom_output(argument, piece.path);
  if (!argument.output.empty()) {
    std::error_code error;
    std::filesystem::create_directory(argument.output, error);
    if (error) throw system_error(argument.output, "create it", error.value());
  }
  Json list = Json::array();
  Printable text;
  for (const Piece& piece : pieces) {
    write_output(piece.path, kRom, piece.bytes, argument.overwrite);
    list.push_back({{"file", piece.path}, {"bytes", piece.bytes.size()}});
    text += format_text("{}: {} bytes\n", piece.path, piece.bytes.size());
  }
  warn(notes);
  if (common.json)
    print_json({{"file", file.name}, {"written", list}, {"notes", notes}});
  else if (!common.quiet)
    print_text(text);
  return Exit::ok;
}

Exit rom_join(const CommonOptions& common, const RomArgument& argument) {
  if (argument.output.empty())
    throw Error(Exit::usage, "", "rom join needs the name of the file to write", "give -o FILE");
  check_rom_output(argument, argument.output);
  std::vector<flash::RomFile> parts;
  parts.reserve(argument.files.size());
  for (const std::string& path : argument.files) parts.push_back(flash::read_rom_file(path, false));
  flash::RomEdit edit = flash::join_roms(parts, argument.checksum_byte);
  if (!argument.trailing.empty()) {
    const auto rest = flash::read_flash_file(argument.trailing, flash::kMaxFlashFile);
    edit.bytes.insert(edit.bytes.end(), rest.begin(), rest.end());
  }
  write_output(argument.output, kRom, edit.bytes, argument.overwrite);
  return written(common, argument.output, edit);
}

Exit rom_set_id(const CommonOptions& common, const RomArgument& argument) {
  if (argument.id.empty())
    throw Error(Exit::usage, "", "rom set-id needs the PCI device", "give --id VENDOR:DEVICE");
  if (argument.output.empty() != argument.in_place)
    throw Error(Exit::usage, "", "rom set-id writes a new file or the file itself",
                "give either -o FILE or --in-place");
  if (!argument.in_place) check_rom_output(argument, argument.output);
  const std::string& path = argument.files.front();
  const auto [vendor, device] = parse_id(argument.id);
  const flash::RomFile file = flash::read_rom_file(path, false);
  const flash::RomEdit edit =
      flash::set_rom_ids(file, vendor, device, parse_rule(argument.devices), argument.checksum_byte);
  if (argument.in_place)
    flash::replace_file(path, edit.bytes);
  else
    write_output(argument.output, kRom, edit.bytes, argument.overwrite);
  return written(common, argument.in_place ? path : argument.output, edit);
}

}  // namespace san
