// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/pool/pool.h"

namespace san::target {

/// What a verb is about to change, so that one that was killed can be taken back or gone on with. Holds no
/// secret. It is in the pool, PLACE.unfinished, from before the first change to after the last one.
struct Unfinished {
  std::string verb;    ///< "create", "delete", "attach", "allow", "snapshot", "rollback"
  std::string name;    ///< as the verb was given it
  std::string target;  ///< iSCSI name; empty where no target is changed
  /// CHAP users that get an account, or lose one.
  std::vector<std::string> users;
  /// Of create: the target itself is made, or it gets its first rules.
  bool makes_target = false, makes_rules = false;
  /// The LUN that is made or, by a rollback, is there before and behind it.
  std::optional<std::uint16_t> lun;
  Volume volume;

  bool operator==(const Unfinished&) const = default;
};

/// The file of one. It stays unless close() is called: a process that ends before that has been killed, or
/// could not take its work back.
class Journal {
 public:
  /// Writes it down, on stable storage, in place of an older one of the same target (of a snapshot: of the
  /// same name). Throws Error(failed).
  Journal(const Pool& pool, const Unfinished& work);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// All is done, or taken back: the file goes. Throws Error(failed).
  void close();

 private:
  std::string path_;
};

/// The work that a killed verb left unfinished is taken back: its file goes. Throws Error(failed).
void forget(const Pool& pool, const Unfinished& work);

/// What a killed verb has left of the target `target`, or of a target whose verb was given the name `name`.
/// Snapshots are not looked at. Throws Error(failed) for a file that is not sanlun's.
std::optional<Unfinished> unfinished_work(const Pool& pool, const std::string& name,
                                          const std::string& target);

/// Whether taking this snapshot was begun and not ended.
bool snapshot_unfinished(const Pool& pool, const std::string& name, const std::string& snapshot);

/// Throws Error(refused) where a verb other than `verb` was cut short at that target, and says which is to be
/// run again.
void refuse_unfinished(const Pool& pool, const std::string& target, const std::string& verb);

/// Takes away what killed verbs leave of the volume `name` beside it: half copies, and what was exchanged by
/// a rollback. Not what a living process writes.
void remove_leftovers(const Pool& pool, const std::string& name);

}  // namespace san::target
