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

namespace san {

/// What a clone map is to be about.
struct MapSubject {
  std::string source;                         ///< Device::persistent_id()
  std::string note;                           ///< of the source, not compared: its time of modification
  std::vector<std::string> destinations;      ///< the same, in the order in which they are numbered here
  std::uint64_t bytes = 0;                    ///< of the source
  std::uint32_t block = 0;                    ///< bytes
  std::vector<std::string> generations = {};  ///< Device::generation() of the destinations; may be left out
};

/// The memory of a clone, in a file: which block of which destination is known to hold what. The file is
/// clone-map(5): slots as they were when the map was opened, and behind them a journal of what changed since,
/// which is written batch by batch and only after the destination has been flushed. A map never claims what
/// is not so: whoever overwrites a block that it knows makes it unknown first.
class CloneMap {
 public:
  /// Opens the map `path`, or makes a new one where the file does not exist, is empty, or `fresh` is set.
  /// Throws Error(refused) where it is damaged, in use by another clone, or about another source or
  /// destination (both are shown); Error(failed) where it cannot be read or written.
  static std::unique_ptr<CloneMap> open(const std::string& path, const MapSubject& subject, bool fresh);

  const std::string& name() const { return file_.name(); }
  std::uint64_t blocks() const { return header_.blocks(); }
  std::uint32_t block() const { return header_.block; }
  /// Of the source.
  std::uint64_t bytes() const { return header_.bytes; }
  /// Bytes at the front that are written last: whole blocks.
  std::uint64_t head() const;

  /// Blocks by what was known of them when the map was opened.
  struct Known {
    std::uint64_t data = 0, zero = 0, unknown = 0;
  };
  const Known& known(std::size_t destination) const { return known_[index_[destination]]; }

  /// What was known of a block of the subject's destination `destination` when the map was opened. One thread
  /// at a time, and fast only where the blocks of a destination are asked for in ascending order.
  map_format::Slot at(std::size_t destination, std::uint64_t block);

  /// Tells whether all of the head was known when the map was opened: the clone was complete. One thread at a
  /// time, as for at().
  bool boot_region_known(std::size_t destination);

  /// Returns the standing of the subject's destination, with what was added. Thread-safe.
  map_format::Standing standing(std::size_t destination) const;
  /// Tells whether the destination shows that all of its content may have been exchanged since the map was
  /// written.
  bool replaced(std::size_t destination) const { return replaced_[destination]; }
  /// A run begins, or something known is about to be overwritten: draws a token for what the destination is
  /// from now on. It is in the file after the next commit(), which has to come before the mark with this
  /// token goes to the destination. `from_hidden`: the mark of the present epoch is on it, and is as good
  /// until then. Thread-safe.
  Token begin_epoch(std::size_t destination, bool from_hidden);

  /// Notes that an update may have left the places of MountEvidence as they were though it changed the file
  /// system, or that none has (Standing::silent_changes). In the file after the next commit(). Thread-safe.
  void set_silent_changes(std::size_t destination, bool may_be);

  /// `record.count` blocks from `record.first` on are known to be that from now on. In the file after the
  /// next commit(). Thread-safe; `record.destination` counts as the subject does.
  void add(map_format::Record record);
  /// What was added so far is in the file, and survives a crash. Thread-safe. Throws Error(failed); after
  /// that every call does, because records are lost.
  void commit();
  /// The end: everything is committed and put in order. Nothing may be asked or added afterwards.
  void seal();

 private:
  CloneMap(MapFile file, map_format::Header header);
  void create();
  void check_subject(const MapSubject& subject);
  /// Compares the generations of the destinations with those that the map knows, and notes them.
  void check_generations(const MapSubject& subject);
  /// Reads what is behind the header: verifies the slots, and applies the journal to a new file, which
  /// replaces this one, where there is one or `note` is another.
  void load(std::size_t header_bytes, const std::string& note);
  std::uint64_t base_bytes() const;
  std::uint64_t slots_at() const {
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
  std::vector<std::size_t> index_;  ///< of the subject's destinations among those of the map
  std::vector<SlotFile> slots_;     ///< a window for each of the map's destinations; empty without slots
  std::vector<Known> known_;
  std::vector<bool> replaced_;  ///< by the subject's numbers
  mutable std::mutex mutex_;
  std::mutex commit_mutex_;
  std::vector<map_format::Standing> standings_;  ///< by the map's numbers
  std::vector<map_format::Record> added_;
  std::uint64_t end_ = 0;        ///< byte where the next batch goes
  std::uint64_t sequence_ = 0;   ///< its number
  std::optional<Error> broken_;  ///< what the first commit() that failed threw
};

}  // namespace san
