// SPDX-License-Identifier: Apache-2.0
#include "filesystem/luks/luks_driver.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/units.h"
#include "filesystem/volume/text.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

template <std::size_t kSize>
std::string text_at(Volume& volume, std::uint64_t offset) {
  return fixed_text(volume.get<std::array<std::byte, kSize>>(offset, "content"));
}

/// LUKS writes its UUID as text, and has a label since version 2: cryptsetup, lib/luks1/luks.h and
/// lib/luks2/luks2.h.
std::optional<Identity> recognise(Volume& volume) {
  auto found = match_signatures(volume, kLuksDriver);
  if (!found || !volume.contains(0, 512)) return found;
  found->uuid = text_at<40>(volume, 168);
  if (volume.get<be16>(6, "content") == 2) found->label = text_at<48>(volume, 24);
  return found;
}

/// Bytes of a sector of every segment of a LUKS2 header, by its JSON area (LUKS2 On-Disk Format
/// Specification 1.1.3, 2.1 and 3.3); 512 where there is a doubt.
std::uint64_t luks_sector(Volume& volume) {
  constexpr std::uint64_t kBinary = 4096, kMaxHeader = 4 * MiB;
  const std::uint64_t least = 512;
  if (volume.get<be16>(6, "header") != 2) return least;
  const std::uint64_t header = volume.get<be64>(8, "header");
  if (header <= kBinary || header > kMaxHeader) return least;
  std::string text(static_cast<std::size_t>(header - kBinary), '\0');
  volume.read(kBinary, std::as_writable_bytes(std::span(text)), "header");
  text.resize(text.find('\0') == std::string::npos ? text.size() : text.find('\0'));
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("segments") || !json["segments"].is_object()) return least;
  std::uint64_t smallest = kMaxHeader;
  for (const auto& segment : json["segments"]) {
    const bool known =
        segment.is_object() && segment.contains("sector_size") && segment["sector_size"].is_number_unsigned();
    smallest = std::min(smallest, known ? segment["sector_size"].get<std::uint64_t>() : least);
  }
  return smallest == kMaxHeader ? least : smallest;
}

/// The content gets the block size of the disk, unless LUKS' own sectors are as large already
/// (crypt_io_hints() in drivers/md/dm-crypt.c).
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  if (luks_sector(volume) < block) return std::nullopt;
  return BlockSizeFit{BlockSizeFit::Answer::works, {}};
}

}  // namespace

constinit const FileSystemDriver kLuksDriver = {
    .type = "luks",
    .signatures = {{0, "LUKS\xba\xbe"sv}},
    .recognise = recognise,
    .copy_whole_reason = kEncrypted,
    .why_no_files = "is encrypted (LUKS)",
    .block_size_fit = fit,
    .grow_command = "cryptsetup resize NAME once it is open, then what is inside",
};

}  // namespace san::filesystem
