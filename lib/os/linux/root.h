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
  std::shared_ptr<FileTree> tree;  ///< its files, those of the subvolume that is "/" where btrfs has some
};

/// Those of the disk, in its order.
std::vector<LinuxRoot> find_roots(const DiskContent& disk);

/// Mounts into the system's tree what its fstab says and the disk has, and the ESP and a boot partition that
/// no fstab names. Returns where each volume is, the root included.
std::map<const DiskVolume*, std::string> mount_others(LinuxSystem& system);

}  // namespace san::os
