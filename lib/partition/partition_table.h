// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "core/diagnostic.h"
#include "core/json.h"
#include "core/range.h"
#include "core/text/table.h"
#include "partition/gpt.h"
#include "partition/loose_volume.h"
#include "partition/mbr.h"

namespace san::partition {

enum class TableKind {
  none,    ///< no partition table: blank, or a file system on the whole disk
  mbr,     ///< master boot record, perhaps with logical partitions
  gpt,     ///< GPT behind a protective MBR, or the remains of one
  hybrid,  ///< GPT, and an MBR that lists some of its partitions as its own
};

/// State of the primary GPT, at block 1.
enum class PrimaryState { not_applicable, good, damaged, missing };

/// State of the backup GPT, which belongs in the last block of the device.
enum class BackupState {
  not_applicable,
  good,
  not_at_end,  ///< good, but not in the last block: the table belongs to a smaller disk
  missing,     ///< not on the device: the disk was larger, or the end was overwritten
  damaged,
  differs,  ///< good on its own, but not the same table as the primary
};

/// State of the MBR in front of a GPT (UEFI 2.10, 5.2.3).
enum class ProtectiveState { not_applicable, good, wrong_size, hybrid, missing };

/// Returns the keyword used in the JSON documents: "gpt", "not-at-end" …
const char* to_string(TableKind kind);
const char* to_string(PrimaryState state);
const char* to_string(BackupState state);
const char* to_string(ProtectiveState state);

struct Partition {
  std::uint32_t number = 0;      ///< number that Linux gives it: /dev/sda5
  std::uint64_t offset = 0;      ///< first byte
  std::uint64_t length = 0;      ///< bytes; 0 if the entry ends before it begins
  std::string type_name;         ///< "Linux filesystem"; empty if the type is not a common one
  std::string type_id;           ///< type GUID in lower case, or "0x83"
  std::string uuid;              ///< PARTUUID of Linux; empty if an MBR has no disk signature
  std::string name;              ///< GPT only, safe to print
  std::uint64_t attributes = 0;  ///< GPT only
  bool active = false;           ///< MBR: status 0x80; GPT: attribute "legacy BIOS bootable"
  bool extended = false;         ///< MBR: the container of the logical partitions, not a partition of data

  Range range() const { return {offset, length}; }
  /// Returns one past its last byte; 2^64-1 if the table points beyond 64 bits.
  std::uint64_t end() const { return range().end(); }
  bool operator==(const Partition&) const = default;
};

/// One extended boot record of the chain that lists logical partitions.
struct ExtendedBootRecord {
  std::uint64_t lba = 0;
  MbrSector sector;
  std::vector<std::byte> block;  ///< the whole block, which begins with the sector
};

/// The table as bytes, as far as it was read; edits start from it.
struct RawTable {
  std::vector<std::byte> block0;  ///< the whole first block
  std::optional<MbrSector> mbr;   ///< set if block0 holds a partition table
  std::vector<ExtendedBootRecord> chain;
  std::string chain_fault;  ///< reason why the chain could not be followed to its end: "runs in a circle"
  std::string content;      ///< bare_content() of the device
  GptCopy primary;
  GptCopy backup;  ///< the copy that the primary points to, else the one at the end of the device
  GptCopy stray;   ///< a good header in the last block that the primary does not point to
  /// Reason, a clause, that forbids rebuilding a primary that is not good from a good backup
  /// (describe_primary()); else empty.
  std::string occupied;
  /// Block size of a second good GPT that is on the disk too; 0 if there is none.
  std::uint32_t other_size = 0;
  std::optional<LooseVolume> loose;  ///< volume that lies beside the table, in no partition
};

/// Partition table of a device, interpreted.
struct PartitionTable {
  std::string device;  ///< name of the device
  TableKind kind = TableKind::none;
  /// Bytes of a block as the table counts them; the device's block size if nothing indicates another one.
  std::uint32_t sector_size = 0;
  std::uint32_t device_block = 0;  ///< logical block of the device
  std::uint64_t device_size = 0;   ///< bytes
  std::string disk_id;             ///< GUID, or "0x1234abcd"; empty if there is none
  std::uint64_t usable_begin = 0;  ///< first byte that partitions may use
  std::uint64_t usable_end = 0;    ///< one past the last byte that partitions may use
  PrimaryState primary = PrimaryState::not_applicable;
  BackupState backup = BackupState::not_applicable;
  ProtectiveState protective = ProtectiveState::not_applicable;
  std::string content;  ///< content of the whole device (bare_content()) for kind none; else empty
  std::vector<Partition> partitions;  ///< sorted by number
  Diagnostics problems;               ///< at most kMaxProblems
  std::uint64_t end = 0;              ///< one past the last byte of the last partition; 0 without partitions
  RawTable raw;

  /// Returns true if a problem of severity error was found.
  bool has_errors() const;
  /// Returns the end of RawTable::loose in bytes, at most the size of the device; 0 if there is none.
  std::uint64_t loose_end() const;
};

inline constexpr std::size_t kMaxProblems = 64;
/// Limit of the links that are followed in the chain of logical partitions.
inline constexpr std::size_t kMaxLogical = 128;

/// Reads and checks the partition table of `device`: its first 8 KiB, both copies of a GPT (at most 1 MiB of
/// entries each), the chain of logical partitions, and an ISO 9660 volume beside them. A GPT that was made
/// for another block size than the device's is found too. No content of the disk makes it throw. If the
/// device cannot be read, a part that has a second copy counts as damaged; an unreadable first block throws.
PartitionTable read_partition_table(ReadableDevice& device);

/// Returns true if the table has a GPT, hybrid or not.
bool has_gpt(const PartitionTable& table);

/// Returns true if the partitions are only known by the backup: the primary is not good, and the backup is.
/// Linux looks for the backup only with `gpt` on its command line; UEFI 2.10, 5.3.2, requires the firmware to
/// look for it in the last block of the disk, as sgdisk and libblkid do.
bool lives_by_backup(const PartitionTable& table);

/// Returns the kind of table that these bytes are. A GPT counts only behind a protective MBR or an MBR that
/// lists nothing: UEFI 2.10, 5.2.1, and so do Linux, Windows and boot loaders with a GPT that was left over
/// behind an MBR.
TableKind table_kind(const RawTable& raw);

/// Fills all fields from `raw`, `sector_size` and those whose names begin with `device`. Called by edits,
/// which change the raw table and need its new meaning.
void interpret(PartitionTable& table);

/// Returns the smallest size in bytes of a disk that holds all partitions, what lies beside them
/// (RawTable::loose) and, with a GPT, the backup behind them. Without a table it is the size of the device.
/// Saturates at 2^64-1 if a partition lies beyond.
std::uint64_t needed_size(const PartitionTable& table);

/// Returns one row per partition: number, start, size, type, name, uuid.
Table to_table(const PartitionTable& table);

/// Returns everything but `raw`; sizes are in bytes.
Json to_json(const PartitionTable& table);

}  // namespace san::partition
