// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "picture/disk_layout.h"
#include "report/disk/content_color.h"

namespace san::report {

// Texts of a picture of a disk, common to terminal and document. Texts from the disk are raw; the caller
// makes them printable.

/// A partition, or a gap that is large enough to be listed.
struct LayoutRow {
  picture::Region::Kind kind = picture::Region::Kind::partition;
  std::optional<std::uint32_t> number;  ///< number of a partition; nothing for a gap and for the whole device
  std::uint64_t offset = 0, length = 0;
  std::string content;  ///< "ext4"; "unallocated"; "beyond the table"
  std::string name;     ///< label of the file system, else name of the partition
  std::string type;     ///< "EFI System", or the number of the type; empty for a gap
  std::string uuid;     ///< of the file system, else of the partition
  bool extended = false;
  Hue hue = Hue::unknown;
  std::optional<std::uint64_t> used;  ///< bytes; nothing if not known, and for gaps
  std::uint64_t spanned = 0;          ///< bytes of the file system, if `used` is known

  /// Returns the part of the file system that is used, 0 to 1. Rounding never yields 0 or 1 for another
  /// value.
  double share() const;
  /// Returns the part in use as text: "31%", "<1%", ">99%"; "?" if not known; empty if the row holds no data.
  std::string percent() const;
};

/// Returns the rows in the order of their offsets. Gaps of at most 1 MiB and less than a hundredth of the
/// device are omitted.
std::vector<LayoutRow> rows_of(const picture::DiskLayout& layout);

/// Returns a caption: "40.0 GiB, GPT, blocks of 512 bytes".
std::string caption_of(const picture::DiskLayout& layout);

/// Returns the remarks: problems of the table, reasons why the use of a partition is not known, file systems
/// that could grow.
Diagnostics notes_of(const picture::DiskLayout& layout);

/// Returns the names of a region in a bar, the longest one first, the last one empty.
std::vector<std::string> names_of(const picture::DiskLayout& layout, const picture::LayoutRegion& region);

/// Returns the volume to which a region belongs; null for gaps, tables and overlaps.
const picture::LayoutVolume* volume_of(const picture::DiskLayout& layout,
                                       const picture::LayoutRegion& region);

}  // namespace san::report
