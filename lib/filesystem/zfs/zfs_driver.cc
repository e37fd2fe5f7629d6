// SPDX-License-Identifier: Apache-2.0
#include "filesystem/zfs/zfs_driver.h"

#include "core/units.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

/// ZFS leaves the first 8 KiB alone, so the superblock of an earlier ext4 survives there. Its own mark is in
/// one of 128 uberblocks behind the first 128 KiB.
std::optional<Identity> recognise(Volume& volume) {
  for (std::uint64_t slot = 0; slot < 128; ++slot) {
    const std::uint64_t offset = (128 + slot) * KiB;
    if (has_magic(volume, offset, "\x0c\xb1\xba\0\0\0\0\0"sv) ||
        has_magic(volume, offset, "\0\0\0\0\0\xba\xb1\x0c"sv))
      return Identity{"zfs_member", {}, {}};
  }
  return std::nullopt;
}

}  // namespace

constinit const FileSystemDriver kZfsDriver = {.type = "zfs_member", .recognise = recognise};

}  // namespace san::filesystem
