// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "os/linux/linux_system.h"

namespace san::os {

/// Finds the configurations of GRUB and systemd-boot and adds their boot entries to `system`, whose tree,
/// disk and fstab must be complete. `directories` are the mount points of the volumes in the tree.
void read_loaders(LinuxSystem& system, const std::map<const DiskVolume*, std::string>& directories);

}  // namespace san::os
