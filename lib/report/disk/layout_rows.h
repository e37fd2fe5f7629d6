// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "picture/disk_layout.h"
#include "report/disk/content_color.h"

namespace san {

// What a picture says in words: the same in the terminal and in a document. Texts that come from the disk are
// as they stand there; whoever prints them makes them printable.

/// A partition, or a gap that is worth mentioning.
struct LayoutRow {
  Region::Kind kind = Region::Kind::partition;
  std::optional<std::uint32_t> number;  ///< of a partition; nothing for a gap and for the whole device
  std::uint64_t offset = 0, length = 0;
  std::string content;  ///< "ext4"; "unallocated"; "beyond the table"
  std::string name;     ///< label of the file system, else name of the partition
  std::string type;     ///< "EFI System", or the type's number; empty for a gap
  std::string uuid;     ///< of the file system, else of the partition
  bool extended = false;
  Hue hue = Hue::unknown;
  std::optional<std::uint64_t> used;  ///< bytes; nothing where it is not known, and for gaps
  std::uint64_t spanned = 0;          ///< bytes of the file system, where `used` is known

  /// Which part of the file system is used, 0 to 1; rounded to neither end unless it is just there.
  double share() const;
  /// "31%", "<1%", ">99%"; "?" where it is not known; empty for what is no data.
  std::string percent() const;
};

/// In the order of their place. Gaps of at most 1 MiB and less than a hundredth of the device are left out.
std::vector<LayoutRow> rows_of(const DiskLayout& layout);

/// "40.0 GiB, GPT, blocks of 512 bytes".
std::string caption_of(const DiskLayout& layout);

/// Something worth knowing that the picture does not show.
struct LayoutNote {
  Problem::Severity severity = Problem::Severity::info;
  std::string text;  ///< a clause
};

/// Problems of the table, why the use of partitions is not known, file systems that could grow.
std::vector<LayoutNote> notes_of(const DiskLayout& layout);

/// What a region is called in a bar, the longest name first, the last one empty.
std::vector<std::string> names_of(const DiskLayout& layout, const LayoutRegion& region);

/// The volume that a region belongs to; null for gaps, tables and overlaps.
const LayoutVolume* volume_of(const DiskLayout& layout, const LayoutRegion& region);

}  // namespace san
