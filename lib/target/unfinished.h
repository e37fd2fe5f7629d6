// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/pool/pool.h"

namespace san::target {

/// Journal entry of a verb: the intended changes, so that a killed verb can be undone or resumed. It holds no
/// secret. It is the file NAME.unfinished in the pool, from before the first change until after the last one;
/// NAME is the target, or the snapshot.
struct Unfinished {
  std::string verb;    ///< "create", "delete", "attach", "allow", "snapshot", "rollback"
  std::string name;    ///< argument of the verb
  std::string target;  ///< iSCSI name; empty if no target is changed
  /// CHAP users that get an account or lose one.
  std::vector<std::string> users;
  /// For create: the target itself is made, or it gets its first rules.
  bool makes_target = false, makes_rules = false;
  /// LUN that is made or, for a rollback, removed and made again.
  std::optional<std::uint16_t> lun;
  TargetVolume volume;

  bool operator==(const Unfinished&) const = default;
};

/// File of a journal entry. Without a call of close() it stays: the process was killed, or could not undo its
/// work.
class Journal {
 public:
  /// Writes the entry to stable storage, and replaces an older one of the same target (for a snapshot: of the
  /// same snapshot name). Throws Error(failed).
  Journal(const Pool& pool, const Unfinished& work);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Removes the file after all is done or undone. Throws Error(failed).
  void close();

 private:
  std::string path_;
};

/// Removes the file after the work of a killed verb was undone. Throws Error(failed).
void forget(const Pool& pool, const Unfinished& work);

/// Returns the journal entry that a killed verb has left for the target `target`, or under the argument
/// `name`; entries of snapshots are ignored. Throws Error(failed) for a file that sanlun has not written.
std::optional<Unfinished> unfinished_work(const Pool& pool, const std::string& name,
                                          const std::string& target);

/// Returns true if taking this snapshot was begun and not completed.
bool snapshot_unfinished(const Pool& pool, const std::string& name, const std::string& snapshot);

/// Throws Error(refused) if a verb other than `verb` was interrupted at that target; the error names the verb
/// to be run again.
void refuse_unfinished(const Pool& pool, const std::string& target, const std::string& verb);

/// Removes partial copies and replaced files of rollbacks that killed verbs have left for the volume `name`,
/// but nothing that a running process is writing.
void remove_leftovers(const Pool& pool, const std::string& name);

}  // namespace san::target
