// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "filesystem/needed_length.h"
#include "partition/partition_table.h"

namespace san {

/// What a user may override by --force=REASON, each by its own name.
struct Overrides {
  bool live = false;        ///< "live": the source is in use, and may change while it is copied
  bool in_use = false;      ///< "in-use": something else uses the destination
  bool block_size = false;  ///< "block-size": the partition table counts in other blocks than the destination
  bool unknown_content =
      false;  ///< "unknown-content": what is in a partition that moves to blocks of another size
  bool cut_source = false;  ///< "cut-source": the source ends in front of what its table or file systems need
};

/// Parses "live", "in-use", "block-size", "unknown-content" and "cut-source", with commas between them.
/// Throws Error(usage) that lists what there is.
Overrides parse_overrides(const std::string& text);

/// What would be refused about a clone of `size` bytes from `source` (null: a stream) onto `destination`,
/// before anything is written; empty where nothing is. In the order in which a user should look at them:
///  * both are the same device;
///  * the destination is write-protected, smaller than the source, or its blocks do not divide the size;
///  * the partition table counts in blocks of another size than the destination has: LBAs would point
///  elsewhere.
std::vector<Error> clone_objections(Device* source, const PartitionTable* table, Device& destination,
                                    std::optional<std::uint64_t> size, const Overrides& overrides);

/// Throws Error(failed) with `hint` where the source `name` was cut off, or warns, where that was overridden.
/// Warns of what is in doubt. True where it was cut off.
bool check_length(const std::string& name, const NeededLength& length, const Overrides& overrides,
                  const std::string& hint);

}  // namespace san
