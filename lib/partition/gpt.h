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

namespace san {

/// UEFI 2.10, 5.3.2, table 5.5. Block numbers count logical blocks of the disk.
struct GptHeader {
  std::array<char, 8> signature{};  ///< kGptSignature
  le32 revision;                    ///< kGptRevision
  le32 header_size;                 ///< bytes that header_crc covers: 92 up to the block size
  le32 header_crc;                  ///< computed with this field as zero
  le32 reserved;
  le64 my_lba;
  le64 alternate_lba;  ///< where the other copy's header is
  le64 first_usable;
  le64 last_usable;
  Guid disk_guid;
  le64 entries_lba;
  le32 entry_count;
  le32 entry_size;  ///< 128 × 2^n
  le32 entries_crc;

  /// Bytes of the entry array; 64 bits hold every product.
  std::uint64_t entries_bytes() const { return std::uint64_t{entry_count} * entry_size; }
};
static_assert(sizeof(GptHeader) == 92 && alignof(GptHeader) == 1);
static_assert(offsetof(GptHeader, disk_guid) == 56 && offsetof(GptHeader, entries_crc) == 88);

/// UEFI 2.10, 5.3.3, table 5.6.
struct GptEntry {
  Guid type;  ///< zero: unused
  Guid id;
  le64 first_lba;
  le64 last_lba;  ///< inclusive
  le64 attributes;
  std::array<le16, 36> name{};  ///< UTF-16, ended by a zero where it is shorter
};
static_assert(sizeof(GptEntry) == 128 && alignof(GptEntry) == 1);

inline constexpr std::array<char, 8> kGptSignature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'};
inline constexpr std::uint32_t kGptRevision = 0x00010000;
/// Entry arrays beyond this are not read. 16 KiB is the size everybody makes.
inline constexpr std::uint64_t kMaxEntriesBytes = std::uint64_t{1} << 20;

// Attribute bits, UEFI 2.10, table 5.8.
inline constexpr std::uint64_t kGptRequired = 1U << 0;
inline constexpr std::uint64_t kGptNoBlockIo = 1U << 1;
inline constexpr std::uint64_t kGptLegacyBoot = 1U << 2;

/// One of the two copies of a GPT: header, entries and what is wrong with them.
struct GptCopy {
  enum class State {
    absent,       ///< no signature where the header should be
    bad_header,   ///< its fields cannot be trusted
    bad_entries,  ///< the header is good, the entry array is not
    good,
  };
  State state = State::absent;
  std::string fault;      ///< a clause without a full stop where `state` is bad_…: "its checksum is wrong"
  std::uint64_t lba = 0;  ///< where the header was read
  GptHeader header;       ///< as read, where not absent
  std::vector<std::byte>
      block;  ///< the whole block of the header: what follows the 92 bytes is kept by edits
  std::vector<std::byte> entries;  ///< whole blocks; only the first header.entries_bytes() are the array

  bool good() const { return state == State::good; }
  bool header_good() const { return state == State::good || state == State::bad_entries; }
};

/// Judges the header in `block`, which was read at `lba` of a disk of `blocks` blocks of block.size() bytes.
/// All checks of UEFI 2.10, 5.3.2 that need nothing else: signature, size, checksum, my_lba, and that entries
/// are of a valid size, lie inside the disk and are at most kMaxEntriesBytes. A header that passes is
/// `bad_entries` until check_gpt_entries() has seen them.
GptCopy parse_gpt_header(std::span<const std::byte> block, std::uint64_t lba, std::uint64_t blocks);

/// Takes the entry array of a copy whose header is good, in whole blocks, and checks its checksum.
void check_gpt_entries(GptCopy& copy, std::vector<std::byte> entries);

/// Entry `index` (from 0) of a copy; an unused entry where there is none.
GptEntry gpt_entry(const GptCopy& copy, std::uint32_t index);

/// How many entries the bytes of a copy really hold: never more than were read.
std::uint32_t gpt_entry_count(const GptCopy& copy);

/// Sets both checksums of a copy and puts the header into its block.
void seal_gpt(GptCopy& copy);

}  // namespace san
