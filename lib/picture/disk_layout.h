// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "block/device.h"
#include "core/text/table.h"
#include "partition/partition_table.h"
#include "picture/occupancy.h"
#include "picture/regions.h"

namespace san {

/// What is in a partition, on a whole device without a table, or on a device beside its table.
struct LayoutVolume {
  Partition entry;                   ///< number 0: in no partition
  std::string content;               ///< as FreeSpace::type: "ext4", "lvm", "unknown" …
  std::string label, uuid;           ///< of the file system; label as it is stored
  bool known = false;                ///< whether `used`, `free` and `spanned` are
  bool dirty = false;                ///< not unmounted cleanly, mounted now, or hibernated
  bool fault = false;                ///< not known for a reason that is worth a warning
  std::string why_unknown;           ///< a clause, where not `known`
  std::uint64_t spanned = 0;         ///< bytes that the file system spans, from the front of the partition
  std::uint64_t used = 0, free = 0;  ///< of these
  std::string
      grow;  ///< how it gets the rest of its partition, where that is worth it: "let its ext4 grow by …"

  /// Bytes of the partition behind the end of the file system.
  std::uint64_t slack() const { return known ? entry.length - spanned : 0; }
};

/// What a device says of a place.
enum class Storage { none, some, all, unknown };

/// A region and what is where in it.
struct LayoutRegion : Region {
  Occupancy used;        ///< by the file system; empty where that is not known
  Occupancy stored;      ///< by the device; empty where it cannot tell
  Occupancy unreported;  ///< what the device does not tell of; empty where it tells of all, or of nothing
  std::uint64_t spanned = 0;  ///< bytes from its front that the file system spans, where `used` is known

  /// How much the device stores between two fractions of the region (0 <= from < to <= 1); not known where it
  /// does not tell of all of that.
  Storage storage(double from, double to) const;
};

/// How many bytes of a device are what. The first seven add up to its size.
struct LayoutTotals {
  std::uint64_t used = 0, free = 0;  ///< in file systems
  std::uint64_t slack = 0;           ///< in partitions, behind the end of their file systems
  std::uint64_t unknown = 0;         ///< in partitions of which it is not known, and where partitions overlap
  std::uint64_t table = 0, unallocated = 0, beyond = 0;
  std::uint64_t data = 0, zero = 0;  ///< stored, and not stored, on the device; the rest it cannot tell
};

/// Everything that a picture of a disk shows.
struct DiskLayout {
  std::string device;      ///< as the user named it
  std::uint64_t size = 0;  ///< bytes
  PartitionTable table;    ///< without its bytes (PartitionTable::raw)
  /// What is in no partition (the whole device without a table, or what lies beside the table), then the
  /// partitions in the order of the table.
  std::vector<LayoutVolume> volumes;
  std::vector<LayoutRegion> regions;  ///< in the order of their place; see regions_of()
  LayoutTotals totals;
  std::string why_not_stored;  ///< why not all extents of the device were asked for; empty where they were

  /// Whether the device told of any place whether it is stored.
  bool tells_stored() const { return totals.data + totals.zero > 0; }
};

/// How much trouble to take.
struct LayoutOptions {
  std::size_t max_extents = 65536;   ///< of the device; what comes then is not asked
  std::chrono::seconds timeout{10};  ///< for these extents
  std::size_t max_buckets = 512;     ///< of each region's occupancy; fewer where there are many regions
  std::size_t max_ranges = std::size_t{1} << 20;  ///< of free space, in one partition; see FreeSpaceOptions
};

/// Reads table, file systems and allocation of `device`, and writes nothing. Memory and time do not grow with
/// its size. Nothing that stands on the disk makes it throw: what cannot be told is not known. Throws
/// Error(failed) where the device cannot be read, Error(interrupted) after a signal.
DiskLayout read_disk_layout(Device& device, const LayoutOptions& options = {});

/// The whole layout; sizes in bytes, what is not known is null. `fill` and `stored` of a region are bytes
/// used and stored in each of up to 64 equal parts of it; null for a part of which the device does not tell
/// all.
Json to_json(const DiskLayout& layout);

}  // namespace san
