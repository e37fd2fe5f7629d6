// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "partition/partition_table.h"

namespace san {

/// What a user may override by --force=REASON, each by its own name.
struct Overrides {
  bool live = false;        ///< "live": the source is in use, and may change while it is copied
  bool in_use = false;      ///< "in-use": something else uses the destination
  bool block_size = false;  ///< "block-size": the partition table counts in other blocks than the destination
};

/// Parses "live", "in-use" and "block-size", with commas between them. Throws Error(usage) that lists what
/// there is.
Overrides parse_overrides(const std::string& text);

/// What would be refused about a clone of `size` bytes from `source` (null: a stream) onto `destination`,
/// before anything is written; empty where nothing is. In the order in which a user should look at them:
///  * both are the same device;
///  * the destination is write-protected, smaller than the source, or its blocks do not divide the size;
///  * the partition table counts in blocks of another size than the destination has: LBAs would point
///  elsewhere.
std::vector<Error> clone_objections(Device* source, const PartitionTable* table, Device& destination,
                                    std::optional<std::uint64_t> size, const Overrides& overrides);

}  // namespace san
