// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/endian.h"
#include "core/guid.h"

namespace san::partition {

/// Header of a GPT copy (UEFI 2.10, 5.3.2, table 5.5). Block numbers count logical blocks of the disk.
struct GptHeader {
  std::array<char, 8> signature{};  ///< kGptSignature
  le32 revision;                    ///< kGptRevision
  le32 header_size;                 ///< bytes that header_crc covers: 92 up to the block size
  le32 header_crc;                  ///< computed with this field as zero
  le32 reserved;
  le64 my_lba;
  le64 alternate_lba;  ///< block of the other copy's header
  le64 first_usable;
  le64 last_usable;
  Guid disk_guid;
  le64 entries_lba;
  le32 entry_count;
  le32 entry_size;  ///< 128 × 2^n
  le32 entries_crc;

  /// Returns the bytes of the entry array; the product always fits into 64 bits.
  std::uint64_t entries_bytes() const { return std::uint64_t{entry_count} * entry_size; }
};
static_assert(sizeof(GptHeader) == 92 && alignof(GptHeader) == 1);
static_assert(offsetof(GptHeader, disk_guid) == 56 && offsetof(GptHeader, entries_crc) == 88);

/// Entry of a GPT (UEFI 2.10, 5.3.3, table 5.6).
struct GptEntry {
  Guid type;  ///< zero: unused
  Guid id;
  le64 first_lba;
  le64 last_lba;  ///< inclusive
  le64 attributes;
  std::array<le16, 36> name{};  ///< UTF-16, terminated by a zero if it is shorter
};
static_assert(sizeof(GptEntry) == 128 && alignof(GptEntry) == 1);

inline constexpr std::array<char, 8> kGptSignature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'};
inline constexpr std::uint32_t kGptRevision = 0x00010000;
/// Largest entry array that is read, in bytes. The usual size is 16 KiB.
inline constexpr std::uint64_t kMaxEntriesBytes = std::uint64_t{1} << 20;

// Attribute bits, UEFI 2.10, table 5.8.
inline constexpr std::uint64_t kGptRequired = 1U << 0;
inline constexpr std::uint64_t kGptNoBlockIo = 1U << 1;
inline constexpr std::uint64_t kGptLegacyBoot = 1U << 2;

/// One of the two copies of a GPT: header, entries and the fault found in them.
struct GptCopy {
  enum class State {
    absent,       ///< no signature at the header's position
    bad_header,   ///< its fields cannot be trusted
    bad_entries,  ///< the header is good, the entry array is not
    good,
  };
  State state = State::absent;
  std::string fault;      ///< a clause without a full stop if `state` is bad_…: "its checksum is wrong"
  std::uint64_t lba = 0;  ///< block from which the header was read
  GptHeader header;       ///< unmodified header; set unless absent
  std::vector<std::byte> block;    ///< the whole block of the header: edits keep what follows the 92 bytes
  std::vector<std::byte> entries;  ///< whole blocks; only the first header.entries_bytes() are the array

  bool good() const { return state == State::good; }
  bool header_good() const { return state == State::good || state == State::bad_entries; }
};

/// Checks the header in `block`, which was read at `lba` of a disk of `blocks` blocks of block.size() bytes,
/// by all rules of UEFI 2.10, 5.3.2 that need nothing else: signature, size, checksum, my_lba, and that
/// entries are of a valid size, lie inside the disk and are at most kMaxEntriesBytes. A header that passes is
/// `bad_entries` until check_gpt_entries() has checked its entries.
GptCopy parse_gpt_header(std::span<const std::byte> block, std::uint64_t lba, std::uint64_t blocks);

/// Stores the entry array of a copy whose header is good, in whole blocks, and verifies its checksum.
void check_gpt_entries(GptCopy& copy, std::vector<std::byte> entries);

/// Returns entry `index` (from 0) of a copy, or an unused entry if it is out of range.
GptEntry gpt_entry(const GptCopy& copy, std::uint32_t index);

/// Returns the number of entries that the bytes of a copy really hold: never more than were read.
std::uint32_t gpt_entry_count(const GptCopy& copy);

/// Updates both checksums of a copy and stores the header into its block.
void seal_gpt(GptCopy& copy);

}  // namespace san::partition
