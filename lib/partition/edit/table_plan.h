// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/edit/table_edit.h"

namespace san {

/// What a user wants of a partition table on its way to another disk.
struct TableEdits {
  bool fit = true;        ///< a GPT is fitted to a larger disk, if it can be
  bool must_fit = false;  ///< what follows is done, or refused. A disk without a GPT needs no fitting
  bool grow_last = false;
  bool new_ids = false;
  bool convert = false;  ///< for the blocks of the other disk, where these are of another size
};

/// What becomes of a partition table on another disk.
struct TablePlan {
  std::optional<PartitionTable> table;  ///< as it shall be there; nothing: as it is on the source
  bool converted = false, fitted = false, new_ids = false;
  std::optional<Partition> grown;     ///< as it shall be
  std::string unfitted;               ///< why the table was not fitted to a disk of another size, a clause
  std::vector<std::string> notes;     ///< clauses: what the user should know …
  std::vector<std::string> warnings;  ///< … and what does not work any more unless he does something

  /// Whether there is anything to tell.
  bool silent() const { return !table && unfitted.empty() && notes.empty() && warnings.empty(); }
};

/// The table `source` for a disk of `size` bytes in blocks of `block` bytes (0: it has none of its own, as a
/// file has not). A disk of the same size gets the same table, unless something else is wished. Not to be
/// fitted is no fault: a table that has errors, or is none, is left as it is, and the plan says why. Throws
/// Error(refused) where something else that is wished cannot be done, and where the disk lives by its backup
/// GPT, which nothing would find on the larger one.
TablePlan plan_table(const PartitionTable& source, std::uint64_t size, std::uint32_t block,
                     const TableEdits& edits, const RandomBytes& random = system_random);

/// A source of "random" bytes for new_ids() that gives the identifiers that are in `table`: what another disk
/// should hold if it has got new ones before.
RandomBytes ids_of(const PartitionTable& table);

}  // namespace san
