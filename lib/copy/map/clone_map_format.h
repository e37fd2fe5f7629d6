// SPDX-License-Identifier: Apache-2.0
// The file format of a clone map, version 2: see clone-map(5). All numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "copy/map/clone_mark.h"
#include "core/error.h"
#include "core/hash.h"

namespace san::copy::map_format {

/// Knowledge about one block of the map on one destination.
enum class State : std::uint8_t {
  unknown = 0,  ///< nothing is known: it has to be written
  data = 1,     ///< bytes with the hash beside it
  zero = 2,     ///< zeros
};

/// State and hash of one block on one destination. The hash is all zeros except for State::data.
struct Slot {
  State state = State::unknown;
  Hash128 hash;
  bool operator==(const Slot&) const = default;
};

/// Record of a map about a destination as a whole.
struct Standing {
  /// The mark in the hidden boot region if the destination is in the recorded state: this token, and a
  /// counter that is not less.
  Epoch epoch;
  /// Second epoch that is valid, too: the one before `epoch`, as long as no block has become known since.
  Epoch before;
  /// An update may have changed a file system, but none of the ranges that every mount changes: these do not
  /// show if the destination was rolled back to the state before it.
  bool silent_changes = false;
  std::uint64_t generation = 0;  ///< hash of DeviceIdentity::generation; 0 if not known
  bool operator==(const Standing&) const = default;
};

/// Returns the error that the map in `file` is damaged: `what` is a clause.
Error damaged(const std::string& file, const std::string& what);

inline constexpr std::size_t kSlotBytes = 17;                      ///< state, hash
inline constexpr std::size_t kStandingBytes = 64;                  ///< of each destination
inline constexpr std::size_t kMaxHeader = std::size_t{64} * 1024;  ///< bytes
inline constexpr std::size_t kMaxDestinations = 64;
inline constexpr std::size_t kMaxRecords = 65536;  ///< in a batch
inline constexpr std::uint64_t kMaxBlocks = std::uint64_t{1} << 48;

/// Header of a map. Only `note` and `base` change in the life of a map.
struct Header {
  std::uint64_t id = 0;                   ///< random; ties batches to their map
  std::uint64_t bytes = 0;                ///< of the source
  std::uint32_t block = 0;                ///< bytes of a block
  bool base = false;                      ///< slots follow the header
  std::string source;                     ///< identity of the source
  std::string note;                       ///< time of modification of the source, informative
  std::vector<std::string> destinations;  ///< their identities

  /// Returns the number of blocks, the last one possibly shorter.
  std::uint64_t blocks() const { return block == 0 ? 0 : bytes / block + (bytes % block != 0 ? 1 : 0); }
};

/// Change of the map, with its destination by the map's numbers.
struct Record {
  enum class Kind : std::uint8_t {
    blocks = 0,                ///< `count` blocks from `first` on are now `slot`
    new_epoch = 0x80,          ///< `epoch` begins; the one before stays valid for now …
    first_epoch = 0x83,        ///< … or no other is
    progress = 0x81,           ///< if it is still the present epoch, `epoch` has reached its counter
    silent_changes = 0x82,     ///< Standing::silent_changes becomes true
    generation = 0x85,         ///< `epoch.counter` is the generation from now on
    no_silent_changes = 0x84,  ///< all those ranges have changed since, or nothing else did
  };
  std::uint32_t destination = 0;
  std::uint64_t first = 0, count = 1;
  Slot slot;
  Kind kind = Kind::blocks;
  Epoch epoch = {};  ///< of new_epoch, first_epoch, progress and generation
  bool operator==(const Record&) const = default;
};

/// Returns a record about `destination` as a whole; `epoch` as its kind needs it.
Record record_of(std::size_t destination, Record::Kind kind, const Epoch& epoch = {});

/// Applies a record to a standing; one about blocks has no effect.
void apply(Standing& standing, const Record& record);

/// Encodes a standing in kStandingBytes.
std::vector<std::byte> write_standing(const Standing& standing);
/// Decodes a standing of kStandingBytes; of fewer an empty one.
Standing read_standing(std::span<const std::byte> bytes);

/// Encodes the header, its checksum included. Throws Error(usage) if it would be longer than kMaxHeader, or
/// has more than kMaxDestinations.
std::vector<std::byte> write_header(const Header& header);
/// Throws Error(refused) about `file` unless `bytes` begin with the magic of a clone map.
void check_magic(std::span<const std::byte> bytes, const std::string& file);
/// Decodes the header at the front of `bytes`, and returns it with its length. Throws Error(refused) about
/// `file` if that is no clone map, one of another version, or damaged.
std::pair<Header, std::size_t> read_header(std::span<const std::byte> bytes, const std::string& file);

/// Encodes records as a batch with its checksum. `sequence` counts the batches of the file from 0.
std::vector<std::byte> write_batch(const Header& header, std::uint64_t sequence,
                                   std::span<const Record> records);

/// Batch of records, decoded.
struct Batch {
  std::vector<Record> records;
  std::size_t length = 0;  ///< its bytes in the file
};
/// Decodes the batch at the front of `bytes`, which are as many as batch_length() returns, or reach to the
/// end of the file. Returns nothing if there is none, or a torn one: the rest of the last write after a
/// crash, cut off by the end of the file or with zeros at its end; the caller has to check that it is the
/// last. Throws Error(refused) about `file` if it is damaged otherwise.
std::optional<Batch> read_batch(const Header& header, std::uint64_t sequence,
                                std::span<const std::byte> bytes, const std::string& file);

inline constexpr std::size_t kRecordBytes = 40;
inline constexpr std::size_t kBatchFront = 24;
inline constexpr std::size_t kMaxBatch = kBatchFront + kMaxRecords * kRecordBytes + 8;

/// Returns the length that the batch at the front of `bytes` states, for which kBatchFront bytes suffice;
/// kBatchFront if it states no possible one.
std::size_t batch_length(std::span<const std::byte> bytes);

}  // namespace san::copy::map_format
