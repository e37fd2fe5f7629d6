// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "block/device.h"
#include "filesystem/volume/file_tree.h"
#include "partition/partition_table.h"

namespace san::os {

/// A place on a disk that may hold a file system: a partition, the whole device where it has no table, or a
/// linear logical volume of LVM2.
struct DiskVolume {
  std::string name;  ///< "partition 3", "whole device", "vg0/root"
  Partition entry;   ///< of the table; number 0 for the whole device and for logical volumes
  /// "ext4", "xfs", "fat32", "ntfs", "swap", "lvm", "luks", "unknown" …: as Probe::type, without its version.
  std::string type;
  std::string uuid, label;     ///< of the file system, swap area or container, as blkid(8) writes them
  std::string group, logical;  ///< LVM2: names of volume group and logical volume
  /// Its files; null where there are none that can be read here, and why_none says why ("is encrypted").
  std::shared_ptr<FileTree> files;
  std::string why_none;
  /// btrfs: the files of another subvolume than the default one, as the mount options subvol=NAME or, with
  /// `is_id`, subvolid=NAME choose it. Throws Error(failed) where there is none of that name. Empty for all
  /// other file systems.
  std::function<std::shared_ptr<FileTree>(const std::string& subvolume, bool is_id)> open_subvolume;
};

/// What is on a disk.
struct DiskContent {
  std::uint64_t size = 0;  ///< bytes
  std::uint32_t logical_block = 512;
  PartitionTable table;             ///< as interpret() found it
  std::vector<DiskVolume> volumes;  ///< in the order of the table, logical volumes last
};

/// Reads the table of `device`, which lives as long as the result, and opens every file system that can be
/// opened. Nothing that stands on the disk makes it throw, and a file system that cannot be read has its
/// reason in why_none. Throws Error(failed) where the device cannot be read.
DiskContent read_disk_content(Device& device);

}  // namespace san::os
