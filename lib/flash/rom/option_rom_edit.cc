// SPDX-License-Identifier: Apache-2.0
#include "flash/rom/option_rom_edit.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "flash/flash_file.h"

namespace san::flash {
namespace {

constexpr std::size_t kMaxRom = std::size_t{16} << 20;  // PCI Local Bus Specification 3.0, 6.2.5.2
constexpr std::size_t kIpxeChecksum = 6;                // iPXE's romprefix.S
constexpr std::size_t kPadding = 16;                    // a run of this many equal bytes is not code

/// Image under edit. finish() restores its sums.
class ImageEdit {
 public:
  ImageEdit(std::string name, const RomImage& before, std::span<std::byte> bytes)
      : name_(std::move(name)), before_(before), bytes_(bytes) {}

  void set_last(bool last) {
    const std::uint8_t bit = last ? kIndicatorLast : std::uint8_t{0};
    const auto value = static_cast<std::uint8_t>((before_.indicator & ~kIndicatorLast) | bit);
    bytes_[before_.pcir + 0x15] = std::byte{value};
  }

  void set_word(std::size_t offset, std::uint16_t value) { write_at(bytes_, offset, le16(value)); }

  void finish(std::optional<std::size_t> checksum_byte, std::vector<std::string>& notes) {
    if (before_.code_type == kCodeX86)
      finish_x86(checksum_byte, notes);
    else if (before_.code_type == kCodeEfi)
      finish_efi(notes);
  }

 private:
  std::span<std::byte> summed() const { return bytes_.first(before_.init_size); }

  void change(std::size_t offset, std::uint8_t by) {
    bytes_[offset] = static_cast<std::byte>(std::to_integer<unsigned>(bytes_[offset]) - by);
  }

  void finish_x86(std::optional<std::size_t> checksum_byte, std::vector<std::string>& notes) {
    if (!before_.init_sum) return;
    const auto delta = static_cast<std::uint8_t>(byte_sum(summed()) - *before_.init_sum);
    if (*before_.init_sum != 0) notes.push_back(name_ + ": its checksum was wrong and is left so");
    if (delta == 0) return;
    if (!checksum_byte) checksum_byte = free_byte();
    if (!checksum_byte)
      throw Error(Exit::refused, name_,
                  "the change needs another checksum, and no byte of it is known that may be changed",
                  Hint(HintId::checksum_byte, "name such a byte, if you know one"));
    if (*checksum_byte >= before_.init_size)
      throw Error(
          Exit::usage, fmt::format("{} {:#x}", setting("checksum-byte"), *checksum_byte),
          fmt::format("is outside of the {} bytes of {} that are added up", before_.init_size, name_));
    change(*checksum_byte, delta);
  }

  std::optional<std::size_t> free_byte() const {
    if (before_.ipxe) return kIpxeChecksum;
    const auto part = summed();
    if (part.size() <= kPadding) return std::nullopt;
    const auto run = part.subspan(part.size() - 1 - kPadding, kPadding);
    const bool padding =
        (run[0] == std::byte{0} || run[0] == std::byte{0xFF}) &&
        std::all_of(run.begin(), run.end(), [&run](std::byte byte) { return byte == run[0]; });
    return padding ? std::optional(part.size() - 1) : std::nullopt;
  }

  /// Restores the sum of an EFI image. No standard requires one, but iPXE's efirom makes it 0 with the byte
  /// behind the PCI data structure; a sum that was 0 stays 0.
  void finish_efi(std::vector<std::string>& notes) {
    const std::uint8_t sum = byte_sum(bytes_);
    if (before_.sum != 0 || sum == 0) return;
    const std::size_t position = before_.pcir + before_.pcir_length;
    const bool free = before_.device_list == 0 && before_.efi && position >= 0x1A &&
                      position < before_.efi->image_offset && position < bytes_.size();
    if (free)
      change(position, sum);
    else
      notes.push_back(name_ + ": its bytes added up to 0 and do not any more; nothing asks for that of EFI");
  }

  const std::string name_;
  const RomImage& before_;
  std::span<std::byte> bytes_;
};

/// Throws unless every image of the plain file can be changed.
const OptionRom& whole_rom(const RomFile& file) {
  if (file.source != RomSource::plain)
    throw Error(Exit::usage, file.name, "is not a plain ROM, so that it is only read",
                Hint(HintId::extract_rom, "take its images out of it"));
  const OptionRom& rom = file.roms.front();
  for (std::size_t i = 0; i < rom.images.size(); ++i) {
    const RomImage& image = rom.images[i];
    if (image.length == 0 || image.length < image.declared || image.pcir + 0x18 > image.length ||
        image.init_size > image.length)
      throw Error(Exit::usage, file.name + ", " + rom_image_name(file, 0, i), "has wrong lengths",
                  Hint(HintId::verify_rom, "look at what is wrong with it"));
  }
  return rom;
}

std::string object(const RomFile& file, const RomImage& image) {
  return fmt::format("{}, image at {:#x}", file.name, image.offset);
}

/// Throws if a change hit a structure that was to stay unchanged: structures may overlap.
void check_result(const std::string& name, std::span<const std::byte> bytes, std::size_t images) {
  if (parse_option_rom(bytes, 0).images.size() != images)
    throw Error(Exit::refused, name, "the change would destroy it: its headers overlap",
                Hint(HintId::verify_rom, "look at what is wrong with it"));
}

/// Adds the new id to the list. Returns the number of other devices left in it.
std::size_t edit_list(ImageEdit& edit, const RomImage& image, std::uint16_t device, DeviceListRule rule) {
  std::size_t others = 0;
  for (std::size_t i = 0; i < image.devices.size(); ++i) {
    const std::size_t at = image.device_list + 2 * i;
    if (rule == DeviceListRule::only)
      edit.set_word(at, i == 0 ? device : std::uint16_t{0});
    else if (rule == DeviceListRule::update && image.devices[i] == image.device)
      edit.set_word(at, device);
    else if (image.devices[i] != device)
      ++others;
  }
  return others;
}

}  // namespace

RomEdit single_rom(const RomFile& file, const RomImage& image, std::optional<std::size_t> checksum_byte) {
  const auto from = file.image(image);
  RomEdit result{{from.begin(), from.end()}, {}};
  if (image.last()) return result;
  if (image.length < image.declared || image.init_size > image.length || image.pcir + 0x18 > image.length)
    throw Error(Exit::usage, object(file, image), "has wrong lengths",
                Hint(HintId::raw_rom, "take it out as it stands there"));
  ImageEdit edit(object(file, image), image, result.bytes);
  edit.set_last(true);
  edit.finish(checksum_byte, result.notes);
  check_result(object(file, image), result.bytes, 1);
  return result;
}

RomEdit join_roms(const std::vector<RomFile>& parts, std::optional<std::size_t> checksum_byte) {
  RomEdit result;
  std::size_t total = 0;
  for (const RomFile& part : parts) {
    whole_rom(part);
    if (!part.trailing().empty())
      throw Error(Exit::usage, part.name,
                  fmt::format("has {} bytes behind its last image", part.trailing().size()),
                  Hint(HintId::extract_rom, "take its images out of it"));
    total += part.bytes.size();
  }
  if (total > kMaxRom)
    throw Error(Exit::usage, "",
                fmt::format("the images have {} bytes together, but an expansion ROM has at most {}", total,
                            kMaxRom));
  for (const RomFile& part : parts) {
    const std::size_t begin = result.bytes.size();
    result.bytes.insert(result.bytes.end(), part.bytes.begin(), part.bytes.end());
    for (const RomImage& image : part.roms.front().images) {
      const bool last = &part == &parts.back() && &image == &part.roms.front().images.back();
      if (last == image.last()) continue;
      ImageEdit edit(object(part, image), image,
                     std::span(result.bytes).subspan(begin + image.offset, image.length));
      edit.set_last(last);
      edit.finish(checksum_byte, result.notes);
    }
  }
  std::size_t images = 0;
  for (const RomFile& part : parts) images += part.roms.front().images.size();
  check_result(parts.front().name, result.bytes, images);
  return result;
}

RomEdit set_rom_ids(const RomFile& file, std::uint16_t vendor, std::uint16_t device, DeviceListRule rule,
                    std::optional<std::size_t> checksum_byte) {
  const OptionRom& rom = whole_rom(file);
  RomEdit result{file.bytes, {}};
  for (const RomImage& image : rom.images) {
    ImageEdit edit(object(file, image), image, std::span(result.bytes).subspan(image.offset, image.length));
    edit.set_word(image.pcir + 4, vendor);
    edit.set_word(image.pcir + 6, device);
    const std::size_t others = edit_list(edit, image, device, rule);
    if (others != 0)
      result.notes.push_back(fmt::format("{}: {} other device{} left in its list{}", object(file, image),
                                         others, others == 1 ? " is" : "s are",
                                         vendor == image.vendor ? "" : ", of the new vendor now"));
    edit.finish(checksum_byte, result.notes);
  }
  check_result(file.name, std::span(result.bytes).first(rom.length), rom.images.size());
  return result;
}

}  // namespace san::flash
