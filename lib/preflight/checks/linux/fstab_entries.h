// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/linux/linux_system.h"

namespace san::preflight {

/// Returns true if the start of the system does not ask for the entry: noauto, bind mounts, file systems of
/// the network.
bool is_on_demand(const os::FstabEntry& entry);
/// Returns true if the system starts, after a while, without the entry: swap, nofail, _netdev.
bool is_dispensable(const os::FstabEntry& entry);
/// Returns true if it names no disk that could be absent: nothing, files, removable media.
bool is_no_device(const os::DeviceSpec& device);

}  // namespace san::preflight
