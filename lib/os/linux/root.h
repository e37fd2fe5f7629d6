// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "os/linux/linux_system.h"

namespace san::os {

/// A volume with the root file system of a Linux.
struct LinuxRoot {
  const DiskVolume* volume = nullptr;
  std::shared_ptr<filesystem::FileTree>
      tree;  ///< files of the volume; on btrfs, of the subvolume mounted as "/"
};

/// Returns the root file systems on the disk, in disk order.
std::vector<LinuxRoot> find_roots(const DiskContent& disk);

/// Mounts into the system's tree the volumes of the disk that its fstab names, and the ESP and a boot
/// partition that no fstab names. Returns the mount point of each volume, the root included.
std::map<const DiskVolume*, std::string> mount_others(LinuxSystem& system);

}  // namespace san::os
