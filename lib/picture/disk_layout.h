// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "partition/partition_table.h"
#include "picture/occupancy.h"
#include "picture/regions.h"

namespace san::picture {

/// Content of a partition, of a whole device without a table, or of a device beside its table.
struct LayoutVolume {
  partition::Partition entry;        ///< entry in the table; number 0: in no partition
  std::string content;               ///< like FreeSpace::type: "ext4", "lvm", "unknown" …
  std::string label, uuid;           ///< of the file system; the label as stored
  bool known = false;                ///< true if `used`, `free` and `spanned` are known
  bool dirty = false;                ///< not unmounted cleanly, mounted now, or hibernated
  bool fault = false;                ///< not known for a reason that deserves a warning
  std::string why_unknown;           ///< a clause, if not `known`
  std::uint64_t spanned = 0;         ///< bytes that the file system spans, from the start of the partition
  std::uint64_t used = 0, free = 0;  ///< parts of `spanned`, bytes
  std::string grow;  ///< advice on growing the file system, if worthwhile: "let its ext4 grow by …"

  /// Returns the bytes of the partition after the end of the file system.
  std::uint64_t slack() const { return known ? entry.length - spanned : 0; }
};

/// Allocation of a range, as the device reports it.
enum class Storage { none, some, all, unknown };

/// A region with its allocation.
struct LayoutRegion : Region {
  Occupancy used;             ///< by the file system; empty if not known
  Occupancy stored;           ///< by the device; empty if the device does not report it
  Occupancy unreported;       ///< ranges that the device does not report; empty if it reports all, or none
  std::uint64_t spanned = 0;  ///< bytes from its start that the file system spans, if `used` is known

  /// Returns how much the device stores between two fractions of the region (0 <= from < to <= 1); unknown if
  /// the device does not report all of that range.
  Storage storage(double from, double to) const;
};

/// Totals in bytes. The first seven add up to the size of the device.
struct LayoutTotals {
  std::uint64_t used = 0, free = 0;  ///< in file systems
  std::uint64_t slack = 0;           ///< in partitions, after the end of their file systems
  std::uint64_t unknown = 0;         ///< in partitions of unknown use, and in overlaps of partitions
  std::uint64_t table = 0, unallocated = 0, beyond = 0;
  std::uint64_t data = 0, zero = 0;  ///< stored, and not stored, on the device; the rest is not reported
};

/// Input of a picture of a disk.
struct DiskLayout {
  std::string device;               ///< name as given by the user
  std::uint64_t size = 0;           ///< bytes
  partition::PartitionTable table;  ///< without the bytes (PartitionTable::raw)
  /// The content outside of partitions (the whole device without a table, or the space beside the table),
  /// then the partitions in the order of the table.
  std::vector<LayoutVolume> volumes;
  std::vector<LayoutRegion> regions;  ///< ordered by offset; see regions_of()
  LayoutTotals totals;
  std::string why_not_stored;  ///< reason why some extents of the device were not queried; empty if all were

  /// True if the device reported for any range whether it is stored.
  bool tells_stored() const { return totals.data + totals.zero > 0; }
};

/// Limits of read_disk_layout().
struct LayoutOptions {
  std::size_t max_extents = 65536;   ///< extents of the device; later ones are not queried
  std::chrono::seconds timeout{10};  ///< for querying these extents
  std::size_t max_buckets = 512;     ///< of each region's occupancy; fewer if there are many regions
  std::size_t max_ranges = std::size_t{1} << 20;  ///< of free space, in one partition; see FreeSpaceOptions
};

/// Reads table, file systems and allocation of `device`, and writes nothing. Memory and time do not grow with
/// its size. Content of the disk never makes it throw: what cannot be read is unknown. Throws Error(failed)
/// if the device cannot be read, Error(interrupted) after a signal.
DiskLayout read_disk_layout(ReadableDevice& device, const LayoutOptions& options = {});

}  // namespace san::picture
