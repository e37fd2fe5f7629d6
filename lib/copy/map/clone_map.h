// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "copy/map/clone_map_format.h"
#include "copy/map/map_file.h"
#include "copy/map/slot_file.h"
#include "core/error.h"

namespace san::copy {

/// Identities and sizes that a clone map belongs to.
struct MapSubject {
  std::string source;  ///< DeviceIdentity::persistent_id
  std::string note;    ///< time of modification of the source; not compared
  /// Their DeviceIdentity::persistent_id, in the order in which they are numbered here.
  std::vector<std::string> destinations;
  std::uint64_t bytes = 0;                    ///< of the source
  std::uint32_t block = 0;                    ///< bytes of a block
  std::vector<std::string> generations = {};  ///< DeviceIdentity::generation of destinations; or empty
};

/// Record of a clone in a file: the blocks of each destination whose content is known. The file is
/// clone-map(5): slots in their state when the map was opened, and behind them a journal of later changes,
/// which is written batch by batch and only after the destination has been flushed. A map never makes a false
/// claim: a known block is made unknown before it is overwritten.
///
/// Thread-safe as each function says. commit() takes the lock of the file before the lock of the records; no
/// function calls back, so callers may hold locks of their own while they call add().
class CloneMap {
 public:
  /// Opens the map `path`, or creates a new one if the file does not exist, is empty, or `fresh` is set.
  /// Throws Error(refused) if it is damaged, no map, in use by another clone, or about another source or
  /// destination (both are shown); Error(usage) if it is no regular file; Error(failed) if it cannot be read
  /// or written.
  static std::unique_ptr<CloneMap> open(const std::string& path, const MapSubject& subject, bool fresh);

  const std::string& name() const { return file_.name(); }
  /// Returns the number of blocks of the source.
  std::uint64_t blocks() const { return header_.blocks(); }
  /// Returns the bytes of a block.
  std::uint32_t block() const { return header_.block; }
  /// Returns the bytes of the source.
  std::uint64_t bytes() const { return header_.bytes; }
  /// Returns the bytes of the boot region: whole blocks.
  std::uint64_t head() const;

  /// Numbers of blocks by what was known of them when the map was opened.
  struct Known {
    std::uint64_t data = 0, zero = 0, unknown = 0;
  };
  /// Returns the numbers of blocks of the subject's destination `destination`. Thread-safe until seal().
  const Known& known(std::size_t destination) const { return known_[index_[destination]]; }

  /// Returns the entry of a block of the subject's destination `destination` when the map was opened. One
  /// thread at a time; fast only if the blocks of a destination are queried in ascending order.
  map_format::Slot at(std::size_t destination, std::uint64_t block);

  /// Returns true if all of the boot region was known when the map was opened: the clone was complete. One
  /// thread at a time, like at().
  bool boot_region_known(std::size_t destination);

  /// Returns the standing of the subject's destination, pending changes included. Thread-safe.
  map_format::Standing standing(std::size_t destination) const;
  /// Returns true if the destination shows that all of its content may have been exchanged since the map was
  /// written.
  bool replaced(std::size_t destination) const { return replaced_[destination]; }
  /// Draws a token for the state of the destination from now on, because a run begins, or a known block is
  /// about to be overwritten. It is in the file after the next commit(), which has to come before the mark
  /// with this token goes to the destination. `from_hidden`: the mark of the present epoch is on it, and is
  /// valid until then. Thread-safe.
  Token begin_epoch(std::size_t destination, bool from_hidden);

  /// Records that an update may have left the ranges of MountEvidence unchanged though it changed the file
  /// system, or that none has (Standing::silent_changes). In the file after the next commit(). Thread-safe.
  void set_silent_changes(std::size_t destination, bool may_be);

  /// Adds a change: `record.count` blocks from `record.first` on have this content from now on. In the file
  /// after the next commit(). Thread-safe; `record.destination` is a number of the subject.
  void add(map_format::Record record);
  /// Writes all changes added so far to the file, which survive a crash on return. Thread-safe. Throws
  /// Error(failed); then every later call throws the same, because records are lost.
  void commit();
  /// Commits everything, and merges the journal into the slots. The last call: no other may follow or run at
  /// the same time. Throws Error(failed).
  void seal();

 private:
  CloneMap(MapFile file, map_format::Header header);
  void create();
  void check_subject(const MapSubject& subject);
  /// Compares the generations of the destinations with those in the map, and records them.
  void check_generations(const MapSubject& subject);
  /// Reads the rest of the file behind the header: verifies the slots, and if there is a journal or another
  /// `note`, applies them to a new file, which replaces this one.
  void load(std::size_t header_bytes, const std::string& note);
  std::uint64_t base_bytes() const;
  std::uint64_t slots_at() const {
    /// Offset of the first standing in bytes; the slots are behind them.
    return standings_at_ + header_.destinations.size() * map_format::kStandingBytes;
  }
  void verify_base(std::uint64_t offset);
  void rewrite(std::uint64_t base, std::uint64_t journal);
  void open_slots();
  void read_standings(const MapFile& file, std::uint64_t offset);
  void write_batches(const std::vector<map_format::Record>& records);

  MapFile file_;
  map_format::Header header_;
  std::uint64_t standings_at_ = 0;  ///< byte of the first standing; the slots are behind them
  std::vector<std::size_t> index_;  ///< map's numbers of the subject's destinations
  std::vector<SlotFile> slots_;     ///< one for each of the map's destinations; empty without slots
  std::vector<Known> known_;
  std::vector<bool> replaced_;  ///< by the subject's numbers
  mutable std::mutex mutex_;
  std::mutex commit_mutex_;
  std::vector<map_format::Standing> standings_;  ///< by the map's numbers
  std::vector<map_format::Record> added_;
  std::uint64_t end_ = 0;        ///< offset of the next batch in bytes
  std::uint64_t sequence_ = 0;   ///< number of the next batch
  std::optional<Error> broken_;  ///< error of the first commit() that failed
};

}  // namespace san::copy
