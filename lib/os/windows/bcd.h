// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/guid.h"
#include "os/windows/hive.h"
#include "partition/partition_table.h"

namespace san::os {

/// A partition as Windows names it: by identifiers of the partition table.
struct PartitionIds {
  enum class Kind {
    boot,   ///< the partition from which the boot manager was loaded
    gpt,    ///< `disk` (if set) and `partition`
    mbr,    ///< `signature`, and `offset` of the partition in bytes
    other,  ///< a file, a RAM disk, a volume by its device path …
  };
  Kind kind = Kind::other;
  std::optional<Guid> disk;
  Guid partition;
  std::uint32_t signature = 0;
  std::uint64_t offset = 0;

  /// Returns a description: "GPT partition 8e0f…, disk 0b23…", "MBR disk 0x5cbea03e, byte 1048576".
  std::string text() const;
};

/// Finds the partition of `table` that `place` names; null if none has these identifiers.
const partition::Partition* find_partition(const partition::PartitionTable& table, const PartitionIds& ids);
/// Returns the identifiers of a partition of `table`; nothing if the table has none.
std::optional<PartitionIds> partition_ids(const partition::PartitionTable& table,
                                          const partition::Partition& partition);

/// Parses an element of type device of a boot configuration store (88 bytes for a partition): 16 bytes of
/// options, then the device's type at 16, its length at 24, for type 6 the partition at 32, the style of the
/// table at 52 (0 GPT, 1 MBR) and the disk at 56. Agrees with include/bcd.h of grub4dos/ntloader and with
/// Linux/update_device.sh of jpz4085/BCD-SYS. Returns nothing if the element is too short.
std::optional<PartitionIds> parse_bcd_device(std::span<const std::byte> element);

/// Parses a value of \MountedDevices: 12 bytes are an MBR disk signature and the partition's offset in bytes,
/// 24 are "DMIO:ID:" and a partition GUID (libguestfs, daemon/inspect_fs_windows.ml); anything else is
/// `other`.
PartitionIds parse_mounted_device(std::span<const std::byte> value);

/// An object of a boot configuration store that starts something.
struct BcdEntry {
  std::string id;           ///< "{733b62e5-f608-11eb-825c-c112f60133ab}"
  std::string description;  ///< "Windows 10"
  std::string path;         ///< "\Windows\system32\winload.efi"
  std::string system_root;  ///< "\Windows"
  std::optional<PartitionIds> device, os_device;
};

/// The default entries of a boot configuration store (BCD).
struct BcdStore {
  std::optional<BcdEntry> manager;   ///< {bootmgr}
  std::optional<BcdEntry> standard;  ///< the default entry: of element 23000003, else the first of 24000001
};

/// Reads the store from its hive. Throws Error(failed) if the hive is damaged.
BcdStore read_bcd(const Hive& hive);

}  // namespace san::os
