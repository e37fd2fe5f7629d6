// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "filesystem/volume/file_tree.h"
#include "partition/partition_table.h"

namespace san::os {

/// A range of a disk that may hold a file system: a partition, the whole device if it has no table, or a
/// linear logical volume of LVM2.
struct DiskVolume {
  std::string name;  ///< "partition 3", "whole device", "vg0/root"
  partition::Partition
      entry;  ///< its entry in the table; number 0 for the whole device and for logical volumes
  /// Content as Probe::type names it, without its version: "ext4", "xfs", "fat32", "ntfs", "swap", "lvm",
  /// "luks", "unknown" …
  std::string type;
  std::string uuid, label;     ///< of the file system, swap area or container, as blkid(8) writes them
  std::string group, logical;  ///< LVM2: names of volume group and logical volume
  /// Files of the volume. Null if they cannot be read here; why_none has the reason ("is encrypted").
  std::shared_ptr<filesystem::FileTree> files;
  std::string why_none;
  /// Opens another subvolume of btrfs than the default one, named as by the mount option subvol=NAME or, with
  /// `is_id`, subvolid=NAME. Throws Error(failed) if there is no such subvolume. Empty for all other file
  /// systems.
  std::function<std::shared_ptr<filesystem::FileTree>(const std::string& subvolume, bool is_id)>
      open_subvolume;
};

/// The partition table of a disk and its volumes.
struct DiskContent {
  std::uint64_t size = 0;  ///< bytes
  std::uint32_t logical_block = 512;
  partition::PartitionTable table;  ///< as returned by interpret()
  std::vector<DiskVolume> volumes;  ///< in the order of the table, logical volumes last
};

/// Reads the table of `device`, which must outlive the result, and opens every file system that can be
/// opened. Content of the disk never makes it throw: a file system that cannot be read has the reason in
/// why_none. Throws Error(failed) if the device cannot be read.
DiskContent read_disk_content(ReadableDevice& device);

}  // namespace san::os
