// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san {

/// What a disk without a partition table holds, by its first 8 KiB (fewer will do): "FAT", "NTFS", "exFAT",
/// "ext", "XFS", "LUKS", "LVM physical volume"; empty where it is none of these. Only as good as is needed to
/// tell a whole-disk file system from a partition table: a FAT or NTFS boot sector ends with an MBR's magic
/// too.
std::string bare_content(std::span<const std::byte> head);

}  // namespace san
