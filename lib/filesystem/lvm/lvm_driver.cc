// SPDX-License-Identifier: Apache-2.0
#include "filesystem/lvm/lvm_driver.h"

#include <cstring>

#include "filesystem/lvm/lvm_label.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

std::optional<StatedSize> stated(Volume& volume) {
  for (std::uint64_t sector = 0; sector < kLvmLabelSectors; ++sector) {
    const auto label = volume.get<LvmLabel>(sector * kLvmSector, "label");
    if (std::memcmp(label.id, "LABELONE", 8) != 0 || std::memcmp(label.type, "LVM2 001", 8) != 0) continue;
    return exact_size("LVM physical volume",
                      volume.get<LvmHeader>(sector * kLvmSector + label.offset, "label").size);
  }
  return std::nullopt;
}

}  // namespace

// The label is in one of the first four sectors of 512 bytes whatever the disk, but the volumes in it get the
// block size of the disk: nothing can be said of that without looking into them.
constinit const FileSystemDriver kLvmDriver = {
    .type = "lvm",
    .signatures = {{0x000, "LABELONE"sv},
                   {0x200, "LABELONE"sv},
                   {0x400, "LABELONE"sv},
                   {0x600, "LABELONE"sv}},
    .copy_whole_reason = kLayered,
    .why_no_files = "is a physical volume of LVM",
    .stated_size = stated,
    .grow_command = "pvresize {}, then lvextend --resizefs",
};

}  // namespace san::filesystem
