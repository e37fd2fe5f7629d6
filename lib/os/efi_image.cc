// SPDX-License-Identifier: Apache-2.0
#include "os/efi_image.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/endian.h"

namespace san::os {
namespace {

// "PE Format", Microsoft: a DOS header, whose last field leads to "PE\0\0", the COFF header, the optional
// header with its data directories, and the section table.
constexpr std::size_t kPeOffsetAt = 0x3C;

struct CoffHeader {
  le16 machine, sections;
  le32 time, symbols_at, symbols;
  le16 optional_size, characteristics;
};
static_assert(sizeof(CoffHeader) == 20);

struct SectionHeader {
  char name[8];
  le32 virtual_size, address, raw_size, raw_at, relocations_at, lines_at;
  le16 relocations, lines;
  le32 characteristics;
};
static_assert(sizeof(SectionHeader) == 40);

struct DataDirectory {
  le32 address, size;
};

constexpr std::uint16_t kPe32 = 0x10B, kPe32Plus = 0x20B;
constexpr std::size_t kSubsystemAt = 68;  // in either kind of optional header
constexpr std::uint16_t kEfiApplication = 10;
constexpr std::uint32_t kCertificateTable = 4;  // of the data directories

bool has_text16(std::span<const std::byte> file, std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide += std::string{c, '\0'};
  const auto bytes = std::as_bytes(std::span(wide));
  return std::search(file.begin(), file.end(), bytes.begin(), bytes.end()) != file.end();
}

/// The certificate table, which is the only directory that counts from the start of the file.
void read_directories(std::span<const std::byte> file, std::size_t optional, std::uint16_t magic,
                      EfiImage& image) {
  const std::size_t count_at = optional + (magic == kPe32Plus ? 108 : 92);
  const auto count = read_at<le32>(file, count_at);
  if (!count || *count <= kCertificateTable) return;
  const auto table = read_at<DataDirectory>(file, count_at + 4 + kCertificateTable * sizeof(DataDirectory));
  if (!table || table->size == 0) return;
  image.has_signature = true;
  if (std::uint64_t{table->address} + table->size > file.size()) image.fault = "is cut short";
}

void read_sections(std::span<const std::byte> file, std::size_t at, unsigned count, EfiImage& image) {
  for (unsigned i = 0; i < count; ++i) {
    const auto section = read_at<SectionHeader>(file, at + i * sizeof(SectionHeader));
    if (!section || std::uint64_t{section->raw_at} + section->raw_size > file.size()) {
      image.fault = "is cut short";
      return;
    }
  }
}

}  // namespace

std::optional<EfiImage> parse_efi_image(std::span<const std::byte> file) {
  const auto dos = read_at<le16>(file, 0);
  const auto pe_at = read_at<le32>(file, kPeOffsetAt);
  if (!dos || *dos != 0x5A4D || !pe_at) return std::nullopt;
  const auto magic = read_at<le32>(file, *pe_at);
  const std::size_t coff_at = std::size_t{*pe_at} + 4;
  const auto coff = read_at<CoffHeader>(file, coff_at);
  if (!magic || *magic != 0x00004550 || !coff) return std::nullopt;
  EfiImage image;
  image.machine = coff->machine;
  const std::size_t optional = coff_at + sizeof(CoffHeader);
  const auto kind = read_at<le16>(file, optional);
  const auto subsystem = read_at<le16>(file, optional + kSubsystemAt);
  if (!kind || (*kind != kPe32 && *kind != kPe32Plus) || !subsystem) {
    image.fault = "has no optional header";
    return image;
  }
  image.application = *subsystem == kEfiApplication;
  read_directories(file, optional, *kind, image);
  read_sections(file, optional + coff->optional_size, coff->sections, image);
  // shim names its second stage by DEFAULT_LOADER (its Makefile), and has a lock to take it by.
  image.shim = has_text16(file, "MokList") && has_text16(file, "\\grub");
  return image;
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 0x014C:
      return "IA-32";
    case 0x8664:
      return "x86-64";
    case 0xAA64:
      return "AArch64";
    case 0x01C2:
      return "ARM";
    case 0x5064:
      return "RISC-V 64";
    case 0x6264:
      return "LoongArch 64";
    default:
      return fmt::format("machine type 0x{:04x}", machine);
  }
}

}  // namespace san::os
