// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/edit/table_edit.h"

namespace san::partition {

/// Edits requested for a partition table that is copied to another disk.
struct TableEdits {
  bool fit = true;        ///< fit a GPT to a larger disk, if possible
  bool must_fit = false;  ///< refuse if a GPT cannot be fitted; a disk without a GPT needs no fitting
  bool grow_last = false;
  bool new_ids = false;
  bool convert = false;  ///< convert to the block size of the other disk, if that differs
};

/// Result of plan_table(): the partition table of the other disk.
struct TablePlan {
  std::optional<PartitionTable> table;  ///< the table to write; empty if that of the source is kept
  bool converted = false, fitted = false, new_ids = false;
  std::optional<Partition> grown;  ///< the partition that grow_last has grown, with its new length
  std::string unfitted;  ///< reason why the table was not fitted to a disk of another size, a clause
  std::vector<std::string> notes;     ///< clauses: information for the user
  std::vector<std::string> warnings;  ///< clauses: things that stop working unless the user acts

  /// Returns true if there is nothing to report.
  bool silent() const { return !table && unfitted.empty() && notes.empty() && warnings.empty(); }
};

/// Plans the table of a disk of `size` bytes in blocks of `block` bytes (0 if it has no block size of its
/// own, as with a file). A disk of the same size gets the same table, unless another edit is requested. A
/// table that cannot be fitted is no error: one that has errors, or none at all, is left unchanged, and the
/// plan says why. Throws Error(refused) if another requested edit is not possible, and if only the backup GPT
/// of the disk is good, which nothing would find on the larger one.
TablePlan plan_table(const PartitionTable& source, std::uint64_t size, std::uint32_t block,
                     const TableEdits& edits, const RandomBytes& random = system_random);

/// Returns a source of "random" bytes for new_ids() that yields the identifiers in `table`: these are
/// expected on a disk that was given new ones before.
RandomBytes ids_of(const PartitionTable& table);

}  // namespace san::partition
