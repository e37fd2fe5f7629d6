// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "filesystem/used_only_device.h"

namespace san::filesystem {

/// Returns the partitions whose free space may be looked for, by ascending offset: all of `table` but
/// containers, or the whole device if there is no table. Those that have to be copied whole whatever their
/// content, because of their position, their type or a table in doubt, have `copy_whole_reason` already.
std::vector<UsedPartition> partitions_to_look_at(const partition::PartitionTable& table);

}  // namespace san::filesystem
