// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "filesystem/needed_length.h"
#include "partition/partition_table.h"

namespace san::copy {

/// Objections that a user may override by --force=REASON, each by its own name.
struct Overrides {
  /// "live": the source is in use, and may change while it is copied.
  bool live = false;
  /// "in-use": something else uses the destination.
  bool in_use = false;
  /// "block-size": the block size of the partition table is not that of the destination.
  bool block_size = false;
  /// "unknown-content": the content of a partition that moves to blocks of another size is not recognized.
  bool unknown_content = false;
  /// "cut-source": the source ends before the end that its table or file systems state.
  bool cut_source = false;
};

/// Parses "live", "in-use", "block-size", "unknown-content" and "cut-source", separated by commas. Throws
/// Error(usage) that lists the valid reasons.
Overrides parse_overrides(const std::string& text);

/// A reason to refuse that was overridden, for a warning.
struct Overridden {
  std::string reason;         ///< name of the override: "block-size"
  std::string object, cause;  ///< as in Error
};

/// Result of clone_objections().
struct CloneObjections {
  std::vector<Error> refusals;
  std::vector<Overridden> overridden;
};

/// Returns the reasons to refuse a clone of `size` bytes from `source` (null for a stream) onto
/// `destination`, before anything is written, and those that `overrides` takes away. In the order in which a
/// user should look at them:
///  * both are the same device;
///  * the destination is write-protected, smaller than the source, or its blocks do not divide the size;
///  * the partition table counts in blocks of another size than the destination has: LBAs would point
///    elsewhere.
CloneObjections clone_objections(ReadableDevice* source, const partition::PartitionTable* table,
                                 ReadableDevice& destination, std::optional<std::uint64_t> size,
                                 const Overrides& overrides);

/// Logs a warning for each inconsistency in the length of the source `name`. Returns what was overridden if
/// the source was cut off. Throws Error(failed) with `hint` if it was cut off and that was not overridden.
std::optional<Overridden> check_length(const std::string& name, const filesystem::NeededLength& length,
                                       const Overrides& overrides, const Hint& hint);

}  // namespace san::copy
