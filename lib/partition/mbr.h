// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/endian.h"

namespace san::partition {

// The master boot record has no standard but its first implementation; UEFI 2.10, 5.2.1 (tables 5.1 and 5.2)
// writes down the common practice.

/// A cylinder, head and sector address, packed in three bytes as in INT 13h.
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
  /// Returns true if it is the container of logical partitions: types 0x05, 0x0F (LBA) and 0x85 (Linux).
  bool is_extended() const { return type == 0x05 || type == 0x0F || type == 0x85; }
  /// Returns true if it protects a GPT (UEFI 2.10, 5.2.3).
  bool is_protective() const { return type == 0xEE; }
  /// Returns one past its last sector; 33 bits are enough.
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

/// Returns the partition table in `sector0` (the first 512 bytes or more of a disk or of an extended boot
/// record). Returns nothing if the magic is missing or a status byte is neither 0x00 nor 0x80: Linux too
/// regards such a sector as the boot code of a file system (block/partitions/msdos.c).
std::optional<MbrSector> parse_mbr(std::span<const std::byte> sector0);

/// Returns the extended boot record in `sector`, or nothing if the magic is missing. The magic alone is
/// enough, because nothing else uses the sectors that the chain of logical partitions points to.
std::optional<MbrSector> parse_ebr(std::span<const std::byte> sector);

/// Returns the index of the entry of an extended boot record that describes its logical partition; its block
/// numbers are relative to the record.
std::optional<std::size_t> find_logical(const MbrSector& ebr);

/// Returns the index of the extended entry: in an MBR the container of the logical partitions, in an extended
/// boot record the link to the next record, whose block number is relative to the container.
std::optional<std::size_t> find_extended(const MbrSector& sector);

/// Returns true if any entry is in use.
bool lists_partitions(const MbrSector& mbr);

/// Returns true if there is a protective entry, not necessarily as the only one.
bool has_protective_entry(const MbrSector& mbr);

/// Returns the CHS address of `lba` in the geometry of 255 heads × 63 sectors that every BIOS uses for large
/// disks; `too_large` beyond cylinder 1023.
ChsBytes chs_of(std::uint64_t lba, ChsBytes too_large);

/// Returns a protective MBR for a disk of `blocks` blocks (at least 2) by UEFI 2.10, 5.2.3: one entry 0xEE
/// from LBA 1 over the whole disk, 0xFFFFFFFF if it is larger. Boot code, signature and the rest are copied
/// from `base`.
MbrSector protective_mbr(const MbrSector& base, std::uint64_t blocks);

/// Formats a type byte: "0x0c".
std::string mbr_type_id(std::uint8_t type);

}  // namespace san::partition
