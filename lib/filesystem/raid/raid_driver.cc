// SPDX-License-Identifier: Apache-2.0
#include "filesystem/raid/raid_driver.h"

#include "core/saturating.h"
#include "core/units.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\xfc\x4e\x2b\xa9"sv;

std::optional<Identity> recognise_at_end(Volume& volume) {
  const std::uint64_t size = volume.size();
  const bool at_end =
      (size >= 64 * KiB && has_magic(volume, round_down(size, 64 * KiB) - 64 * KiB, kMagic)) ||
      (size >= 16 * KiB && has_magic(volume, round_down(size / 512 - 16, 8) * 512, kMagic));
  return at_end ? std::optional(Identity{"linux_raid", {}, {}}) : std::nullopt;
}

/// Linux, struct mdp_superblock_1 in include/uapi/linux/raid/md_p.h; sizes count sectors of 512 bytes.
std::optional<StatedSize> stated(Volume& volume) {
  for (const std::uint64_t at : {std::uint64_t{0}, 4 * KiB}) {
    if (!volume.contains(at, 256) || volume.get<le32>(at, "superblock") != 0xa92b4efc) continue;
    const std::uint64_t used = volume.get<le64>(at + 80, "superblock"),
                        begin = volume.get<le64>(at + 128, "superblock"),
                        available = volume.get<le64>(at + 136, "superblock");
    // Levels that stripe without redundancy use all there is, and say 0.
    return exact_size("member of a RAID array",
                      saturating_mul(saturating_add(begin, used != 0 ? used : available), 512));
  }
  return std::nullopt;
}

}  // namespace

constinit const FileSystemDriver kRaidDriver = {
    .type = "linux_raid",
    .signatures = {{0, kMagic, 16, 32, 32}, {0x1000, kMagic, 0x1010, 0x1020, 32}},
    .copy_whole_reason = kLayered,
    .why_no_files = "is a member of a RAID of Linux",
    .stated_size = stated,
};

// A superblock at the end is cut off with the end: it cannot say that something is missing.
constinit const FileSystemDriver kRaidAtEndDriver = {
    .type = "linux_raid",
    .recognise = recognise_at_end,
    .copy_whole_reason = kLayered,
    .why_no_files = "is a member of a RAID of Linux",
};

}  // namespace san::filesystem
