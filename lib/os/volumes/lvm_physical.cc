// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "core/endian.h"
#include "core/units.h"
#include "filesystem/lvm/lvm_label.h"
#include "filesystem/volume/volume.h"
#include "os/volumes/lvm_group.h"

namespace san::os {
namespace {

constexpr std::uint64_t kMaxMetadataText = 16 * MiB;
constexpr std::size_t kMaxAreas = 16;

struct Area {
  le64 offset, size;  ///< both zero: the end of the list
};
struct MetadataHeader {
  le32 crc;
  char magic[16];
  le32 version;
  le64 start, size;  ///< of the area with this header
};
struct TextLocation {
  le64 offset, size;
  le32 crc, flags;  ///< flags 1: ignored
};
static_assert(sizeof(MetadataHeader) == 40 && sizeof(TextLocation) == 24);

/// Returns LVM2's checksum (lvm2, lib/misc/crc.c): the CRC-32 of Ethernet with another initial value, not
/// inverted.
std::uint32_t lvm_crc(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xf597a6cf;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return crc;
}

/// Formats 32 characters in groups of 6, 4, 4, 4, 4, 4, 6, as LVM does.
std::string shown_uuid(const char (&raw)[32]) {
  std::string text;
  for (std::size_t i = 0; i < 32; ++i) {
    if (i >= 6 && i <= 26 && (i - 6) % 4 == 0) text += '-';
    text += raw[i];
  }
  return text;
}

/// Returns the text of one metadata area; empty if the area is not in use. Throws MetadataError if it is
/// damaged.
std::string read_text(filesystem::Volume& volume, const Area& area) {
  const auto head = volume.get<MetadataHeader>(area.offset, "metadata area");
  if (std::memcmp(head.magic, " LVM2 x[5A%r0N*>", sizeof head.magic) != 0 || head.version != 1 ||
      head.start != area.offset || head.size <= filesystem::kLvmSector ||
      !volume.contains(head.start, head.size))
    throw filesystem::MetadataError{"the header of its metadata is damaged"};
  const auto location = volume.get<TextLocation>(area.offset + sizeof(MetadataHeader), "metadata area");
  if (location.offset == 0 || location.size == 0 || (location.flags & 1) != 0) return {};
  if (location.offset < filesystem::kLvmSector || location.offset >= head.size ||
      location.size > head.size - filesystem::kLvmSector || location.size > kMaxMetadataText)
    throw filesystem::MetadataError{"the location of its metadata is impossible"};
  // The area after its header is a ring.
  std::string text(location.size, '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  const std::size_t first = std::min<std::uint64_t>(location.size, head.size - location.offset);
  volume.read(head.start + location.offset, bytes.first(first), "metadata area");
  volume.read(head.start + filesystem::kLvmSector, bytes.subspan(first), "metadata area");
  if (lvm_crc(bytes) != location.crc)
    throw filesystem::MetadataError{"the checksum of its metadata is wrong"};
  return text.substr(0, text.find('\0'));
}

std::vector<Area> read_areas(filesystem::Volume& volume, std::uint64_t& at) {
  std::vector<Area> areas;
  for (std::size_t i = 0; i < kMaxAreas; ++i) {
    const auto area = volume.get<Area>(at, "label");
    at += sizeof(Area);
    if (area.offset == 0 && area.size == 0) return areas;
    areas.push_back(area);
  }
  throw filesystem::MetadataError{"it has more areas than are possible"};
}

}  // namespace

std::optional<LvmPhysical> read_lvm_physical(ReadableDevice& device, std::uint64_t offset,
                                             std::uint64_t length) {
  filesystem::Volume volume(device, offset, length);
  LvmPhysical physical{.offset = offset, .length = length, .uuid = {}, .metadata = {}, .fault = {}};
  for (std::uint64_t sector = 0; sector < filesystem::kLvmLabelSectors &&
                                 volume.contains(sector * filesystem::kLvmSector, filesystem::kLvmSector);
       ++sector) {
    const auto label = volume.get<filesystem::LvmLabel>(sector * filesystem::kLvmSector, "label");
    if (std::memcmp(label.id, "LABELONE", 8) != 0 || std::memcmp(label.type, "LVM2 001", 8) != 0) continue;
    try {
      std::uint64_t at = sector * filesystem::kLvmSector + label.offset;
      physical.uuid = shown_uuid(volume.get<filesystem::LvmHeader>(at, "label").uuid);
      at += sizeof(filesystem::LvmHeader);
      read_areas(volume, at);  // of data
      for (const Area& area : read_areas(volume, at))
        if (physical.metadata.empty()) physical.metadata = read_text(volume, area);
    } catch (const filesystem::MetadataError& reason) {
      physical.fault = reason.why;
    }
    return physical;
  }
  return std::nullopt;
}

}  // namespace san::os
