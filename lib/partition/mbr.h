// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/endian.h"

namespace san {

// The master boot record has no standard but its first implementation; UEFI 2.10, 5.2.1 (tables 5.1 and 5.2)
// writes down what everybody does.

/// A cylinder, head and sector address, packed in three bytes as INT 13h wants it.
using ChsBytes = std::array<std::uint8_t, 3>;

/// One of the four entries of a master boot record or an extended boot record. Numbers count sectors.
struct MbrEntry {
  std::uint8_t status = 0;  ///< 0x80 active, 0x00 not; anything else is not a partition table
  ChsBytes first_chs{};
  std::uint8_t type = 0;  ///< 0x00 unused
  ChsBytes last_chs{};
  le32 first_lba;
  le32 sectors;

  bool used() const { return type != 0 && sectors != 0; }
  /// Whether it is the container of logical partitions: types 0x05, 0x0F (LBA) and 0x85 (Linux).
  bool is_extended() const { return type == 0x05 || type == 0x0F || type == 0x85; }
  /// Whether it stands in front of a GPT (UEFI 2.10, 5.2.3).
  bool is_protective() const { return type == 0xEE; }
  /// One past its last sector; 33 bits are enough.
  std::uint64_t end_lba() const { return std::uint64_t{first_lba} + sectors; }
};
static_assert(sizeof(MbrEntry) == 16 && alignof(MbrEntry) == 1);

/// The first 512 bytes of a disk, whatever its block size is.
struct MbrSector {
  std::array<std::uint8_t, 440> code{};
  le32 signature;  ///< "disk signature" of Windows; Linux makes PARTUUIDs of it
  le16 reserved;   ///< 0x5A5A on copy-protected disks
  std::array<MbrEntry, 4> entries{};
  le16 magic;  ///< kMbrMagic
};
static_assert(sizeof(MbrSector) == 512 && alignof(MbrSector) == 1);
static_assert(offsetof(MbrSector, signature) == 440 && offsetof(MbrSector, entries) == 446);

inline constexpr std::uint16_t kMbrMagic = 0xAA55;

/// The partition table in `sector0` (the first 512 bytes or more of a disk or of an extended boot record).
/// Nothing where the magic is missing or a status byte is neither 0x00 nor 0x80: Linux takes such a sector
/// for the boot code of a file system too (block/partitions/msdos.c).
std::optional<MbrSector> parse_mbr(std::span<const std::byte> sector0);

/// An extended boot record: the magic alone makes it one, for nothing else uses the sectors where the chain
/// of logical partitions leads.
std::optional<MbrSector> parse_ebr(std::span<const std::byte> sector);

/// The entry of an extended boot record that describes its logical partition, counted from the record.
std::optional<std::size_t> find_logical(const MbrSector& ebr);

/// The entry that leads on: in an MBR the container of the logical partitions, in an extended boot record the
/// link to the next record, counted from the container.
std::optional<std::size_t> find_extended(const MbrSector& sector);

/// Whether any entry is in use.
bool lists_partitions(const MbrSector& mbr);

/// Whether a protective entry, not necessarily the only entry, is in it.
bool has_protective_entry(const MbrSector& mbr);

/// The CHS address of `lba` in the 255 heads × 63 sectors geometry that every BIOS translates large disks to;
/// `too_large` beyond cylinder 1023.
ChsBytes chs_of(std::uint64_t lba, ChsBytes too_large);

/// A protective MBR for a disk of `blocks` blocks (at least 2) by UEFI 2.10, 5.2.3: one entry 0xEE from LBA 1
/// over the whole disk, 0xFFFFFFFF where it is larger. Boot code, signature and the rest are taken from
/// `base`.
MbrSector protective_mbr(const MbrSector& base, std::uint64_t blocks);

/// "0x0c": how a type byte is written.
std::string mbr_type_id(std::uint8_t type);

}  // namespace san
