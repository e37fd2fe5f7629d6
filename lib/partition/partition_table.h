// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "core/text/table.h"
#include "partition/gpt.h"
#include "partition/loose_volume.h"
#include "partition/mbr.h"

namespace san {

enum class TableKind {
  none,    ///< no partition table: blank, or a file system on the whole disk
  mbr,     ///< master boot record, perhaps with logical partitions
  gpt,     ///< GPT behind a protective MBR, or what is left of one
  hybrid,  ///< GPT, and an MBR that lists some of its partitions as its own
};

/// The primary GPT, at block 1.
enum class PrimaryState { not_applicable, good, damaged, missing };

/// The backup GPT, whose place is the last block of the device.
enum class BackupState {
  not_applicable,
  good,
  not_at_end,  ///< good, but the device goes on behind it: the table belongs to a smaller disk
  missing,     ///< not on the device: the disk was larger, or the end was overwritten
  damaged,
  differs,  ///< good by itself, but not the same table as the primary
};

/// The MBR in front of a GPT (UEFI 2.10, 5.2.3).
enum class ProtectiveState { not_applicable, good, wrong_size, hybrid, missing };

/// "gpt", "not-at-end" …: the words of the JSON documents.
const char* to_string(TableKind kind);
const char* to_string(PrimaryState state);
const char* to_string(BackupState state);
const char* to_string(ProtectiveState state);

struct Partition {
  std::uint32_t number = 0;      ///< as Linux numbers it: /dev/sda5
  std::uint64_t offset = 0;      ///< first byte
  std::uint64_t length = 0;      ///< bytes; 0 where the entry ends before it begins
  std::string type_name;         ///< "Linux filesystem"; empty where the type is not a common one
  std::string type_id;           ///< type GUID in lower case, or "0x83"
  std::string uuid;              ///< PARTUUID of Linux; empty where an MBR has no disk signature
  std::string name;              ///< GPT only, safe to print
  std::uint64_t attributes = 0;  ///< GPT only
  bool active = false;           ///< MBR: status 0x80; GPT: attribute "legacy BIOS bootable"
  bool extended = false;         ///< MBR: the container of the logical partitions, not a partition of data

  /// One past its last byte; 2^64-1 where the table points beyond what 64 bits hold.
  std::uint64_t end() const;
  bool operator==(const Partition&) const = default;
};

/// Something about the table that a user should know.
struct Problem {
  enum class Severity {
    info,
    warning,  ///< systems work with it, or repair it
    error,    ///< partitions are lost, or systems will refuse the table
  };
  Severity severity = Severity::info;
  std::string text;  ///< a clause without a full stop
};
const char* to_string(Problem::Severity severity);

/// One extended boot record of the chain that lists logical partitions.
struct ExtendedBootRecord {
  std::uint64_t lba = 0;
  MbrSector sector;
  std::vector<std::byte> block;  ///< the whole block, which begins with the sector
};

/// The table as bytes, as far as it was read; edits start from it.
struct RawTable {
  std::vector<std::byte> block0;  ///< the whole first block
  std::optional<MbrSector> mbr;   ///< where block0 holds a partition table
  std::vector<ExtendedBootRecord> chain;
  std::string chain_fault;  ///< why the chain could not be followed to its end: "runs in a circle"
  std::string content;      ///< bare_content() of the device
  GptCopy primary;
  GptCopy backup;  ///< the copy that the primary points to, else the one at the end of the device
  GptCopy stray;   ///< a good header in the last block that the primary does not point to
  /// With a good backup and no good primary: what forbids to make one of it, a clause (place_of_primary()).
  std::string occupied;
  std::uint32_t other_size = 0;      ///< a second good GPT, made for this block size, is on the disk too
  std::optional<LooseVolume> loose;  ///< what lies beside the table, in no partition
};

/// What the first blocks of a device say about its partitions.
struct PartitionTable {
  std::string device;  ///< name of the device
  TableKind kind = TableKind::none;
  std::uint32_t sector_size =
      0;  ///< bytes of a block in the table's own count; the device's where none tells
  std::uint32_t device_block = 0;  ///< logical block of the device
  std::uint64_t device_size = 0;   ///< bytes
  std::string disk_id;             ///< GUID, or "0x1234abcd"; empty where there is none
  std::uint64_t usable_begin = 0;  ///< first byte that partitions may use …
  std::uint64_t usable_end = 0;    ///< … and one past the last
  PrimaryState primary = PrimaryState::not_applicable;
  BackupState backup = BackupState::not_applicable;
  ProtectiveState protective = ProtectiveState::not_applicable;
  std::string content;  ///< with kind none: what is on the whole device, as far as its start shows; or empty
  std::vector<Partition> partitions;  ///< in the order of their numbers
  std::vector<Problem> problems;      ///< at most kMaxProblems
  std::uint64_t end = 0;              ///< one past the last byte of the last partition; 0 without partitions
  RawTable raw;

  /// Whether a problem of severity error was found.
  bool has_errors() const;
  /// Where the volume that lies on the device beside the table ends, within the device; 0 where there is
  /// none.
  std::uint64_t loose_end() const;
};

inline constexpr std::size_t kMaxProblems = 64;
/// Links of the chain of logical partitions that are followed.
inline constexpr std::size_t kMaxLogical = 128;

/// Reads and judges the partition table of `device`: its first 8 KiB, both copies of a GPT (at most 1 MiB of
/// entries each), the chain of logical partitions, and whether an ISO 9660 volume lies beside them. A GPT
/// that was made for another block size than the device's is found too. Nothing that stands on the disk makes
/// it throw; where the device cannot be read, a part that has a second copy counts as damaged, and the first
/// block throws.
PartitionTable read_partition_table(Device& device);

/// Whether the table has a GPT, hybrid or not.
bool has_gpt(const PartitionTable& table);

/// Whether its partitions are only known by the backup: the primary is not good, and the backup is. Linux
/// does not look for it unless it is told to (`gpt` on its command line); UEFI 2.10, 5.3.2, has the firmware
/// do so, in the last block of the disk, as sgdisk and libblkid do.
bool lives_by_backup(const PartitionTable& table);

/// What these bytes are. A GPT counts only behind a protective MBR or where the MBR lists nothing: UEFI 2.10,
/// 5.2.1, and what Linux, Windows and boot loaders do with a GPT that somebody left behind an MBR.
TableKind table_kind(const RawTable& raw);

/// Fills everything but `raw`, `sector_size` and what begins with `device` from those. For edits, which
/// change the raw table and want to know what it says then.
void interpret(PartitionTable& table);

/// Bytes that a disk must have at least to hold all partitions, what lies beside them (RawTable::loose) and,
/// with a GPT, the backup behind them.
/// Without a table it is the size of the device. Saturates at 2^64-1 where a partition lies beyond.
std::uint64_t needed_size(const PartitionTable& table);

/// A row a partition: number, start, size, type, name, uuid.
Table to_table(const PartitionTable& table);

/// Everything but `raw`, sizes in bytes.
Json to_json(const PartitionTable& table);

}  // namespace san
