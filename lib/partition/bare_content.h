// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san::partition {

/// Identifies the content of a disk without a partition table by its first 8 KiB (fewer will do): returns
/// "FAT", "NTFS", "exFAT", "ext", "XFS", "LUKS", "LVM physical volume", or an empty string if it is none of
/// these. Only good enough to tell a file system on a whole disk from a partition table, because a FAT or
/// NTFS boot sector ends with the magic of an MBR too.
std::string bare_content(std::span<const std::byte> head);

}  // namespace san::partition
