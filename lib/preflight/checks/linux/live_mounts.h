// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "preflight/facts/machine_facts.h"

namespace san::preflight {

// Texts for evidence about the running machine; safe to print.

/// Returns "/dev/sdb, LUN 1 of iqn.…", or a local disk with its place in /sys.
std::string shown_disk(const LiveDisk& disk);
/// Returns the disks below a mount, or the reason why they are not known.
std::string disks_below(const LiveMount& mount);

}  // namespace san::preflight
