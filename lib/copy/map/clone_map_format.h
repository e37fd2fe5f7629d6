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
#include "core/hash.h"

namespace san::map_format {

/// What a destination is known to hold in one block of the map.
enum class State : std::uint8_t {
  unknown = 0,  ///< nothing is known: it has to be written
  data = 1,     ///< bytes with the hash beside it
  zero = 2,     ///< zeros
};

/// State and hash of one block on one destination. The hash is all zeros but for State::data.
struct Slot {
  State state = State::unknown;
  Hash128 hash;
  bool operator==(const Slot&) const = default;
};

/// Holds what a map says of a destination as a whole.
struct Standing {
  /// The mark that is in the hidden head where the destination is what the map says: this token, and a
  /// counter that is not less.
  Epoch epoch;
  /// Another one that is as good: of the time before `epoch` began, as long as nothing has become known
  /// since.
  Epoch before;
  /// An update may have changed a file system, and none of the places that every mount changes: these do not
  /// show whether the destination is as it was before, because it was rolled back.
  bool silent_changes = false;
  std::uint64_t generation = 0;  ///< hash of Device::generation(); 0: not known
  bool operator==(const Standing&) const = default;
};

inline constexpr std::size_t kSlotBytes = 17;                      ///< state, hash
inline constexpr std::size_t kStandingBytes = 64;                  ///< of each destination
inline constexpr std::size_t kMaxHeader = std::size_t{64} * 1024;  ///< bytes
inline constexpr std::size_t kMaxDestinations = 64;
inline constexpr std::size_t kMaxRecords = 65536;  ///< in a batch
inline constexpr std::uint64_t kMaxBlocks = std::uint64_t{1} << 48;

/// What a map is about. Nothing of it changes while the map lives, `note` and `base` apart.
struct Header {
  std::uint64_t id = 0;                   ///< random; ties batches to their map
  std::uint64_t bytes = 0;                ///< of the source
  std::uint32_t block = 0;                ///< bytes of a block
  bool base = false;                      ///< slots follow the header
  std::string source;                     ///< identity of the source
  std::string note;                       ///< of the source, informative: when it was last modified
  std::vector<std::string> destinations;  ///< their identities

  std::uint64_t blocks() const { return block == 0 ? 0 : bytes / block + (bytes % block != 0 ? 1 : 0); }
};

/// A change of the map.
struct Record {
  enum class Kind : std::uint8_t {
    blocks = 0,          ///< `count` blocks from `first` on are now `slot`
    new_epoch = 0x80,    ///< `epoch` begins; the one before stays as good for now …
    first_epoch = 0x83,  ///< … or no other is
    progress = 0x81,     ///< if it is still the present epoch, `epoch` has reached its counter
    silent_changes = 0x82,
    generation = 0x85,         ///< `epoch.counter` is the generation from now on
    no_silent_changes = 0x84,  ///< all those places have changed since, or nothing else did
  };
  std::uint32_t destination = 0;
  std::uint64_t first = 0, count = 1;
  Slot slot;
  Kind kind = Kind::blocks;
  Epoch epoch = {};  ///< of new_epoch, first_epoch, progress and generation
  bool operator==(const Record&) const = default;
};

/// A record that is about `destination` as a whole. `epoch` as the kind has it.
Record record_of(std::size_t destination, Record::Kind kind, const Epoch& epoch = {});

/// Applies a record that is not about blocks.
void apply(Standing& standing, const Record& record);

/// Encodes and decodes a standing: kStandingBytes.
std::vector<std::byte> write_standing(const Standing& standing);
Standing read_standing(std::span<const std::byte> bytes);

/// The header as bytes, its checksum included. Throws Error(usage) where it would be longer than kMaxHeader.
std::vector<std::byte> write_header(const Header& header);
/// Throws Error(refused) about `file` unless it begins as a clone map does.
void check_magic(std::span<const std::byte> bytes, const std::string& file);
/// The header at the front of `bytes`, and how long it is. Throws Error(refused) about `file` where it is no
/// clone map, one of another version, or damaged.
std::pair<Header, std::size_t> read_header(std::span<const std::byte> bytes, const std::string& file);

/// Records as a batch with its checksum. `sequence` counts the batches of the file from 0.
std::vector<std::byte> write_batch(const Header& header, std::uint64_t sequence,
                                   std::span<const Record> records);

struct Batch {
  std::vector<Record> records;
  std::size_t length = 0;  ///< bytes that it takes
};
/// The batch at the front of `bytes`, which are as many as batch_length() says, or reach to the end of the
/// file. Nothing where there is none, or a torn one: what a crash leaves of the last write, cut off by the
/// end of the file or with zeros at its end; that it is the last is for the caller to see to. Throws
/// Error(refused) about `file` where it is damaged otherwise.
std::optional<Batch> read_batch(const Header& header, std::uint64_t sequence,
                                std::span<const std::byte> bytes, const std::string& file);

inline constexpr std::size_t kRecordBytes = 40;
inline constexpr std::size_t kBatchFront = 24;
inline constexpr std::size_t kMaxBatch = kBatchFront + kMaxRecords * kRecordBytes + 8;

/// How long the batch at the front of `bytes` says that it is, for which kBatchFront bytes are enough;
/// kBatchFront where it says nothing credible.
std::size_t batch_length(std::span<const std::byte> bytes);

}  // namespace san::map_format
