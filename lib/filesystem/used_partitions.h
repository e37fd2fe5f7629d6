// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "filesystem/used_only_device.h"

namespace san {

/// The partitions whose free space may be looked for, in the order of their place: all of `table` but
/// containers, or the whole device where there is no table. Those that have to be copied whole whatever is in
/// them, because of their place, their type or a table in doubt, have `copy_whole_reason` already.
std::vector<UsedPartition> partitions_to_look_at(const PartitionTable& table);

}  // namespace san
