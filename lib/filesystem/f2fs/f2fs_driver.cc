// SPDX-License-Identifier: Apache-2.0
#include "filesystem/f2fs/f2fs_driver.h"

#include "core/saturating.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kSuper = 1024;

/// Linux, struct f2fs_super_block in include/linux/f2fs_fs.h. The size of one of several devices is not
/// known.
std::optional<StatedSize> stated(Volume& volume) {
  const std::uint32_t block_log = volume.get<le32>(kSuper + 16, "superblock");
  if (block_log < 9 || block_log > 16 || volume.get<std::uint8_t>(kSuper + 2201, "superblock") != 0)
    return std::nullopt;
  return exact_size(
      "F2FS", saturating_mul(volume.get<le64>(kSuper + 36, "superblock"), std::uint64_t{1} << block_log));
}

}  // namespace

constinit const FileSystemDriver kF2fsDriver = {
    .type = "f2fs",
    .signatures = {{kSuper, "\x10\x20\xf5\xf2"sv}},
    .stated_size = stated,
    .grow_command = "resize.f2fs {}",
};

}  // namespace san::filesystem
