// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "block/device.h"
#include "partition/partition_table.h"

namespace san {

// Edits of a partition table. None of them touches a device: each takes a table and gives the table that
// shall be, from which the next edit can go on; table_writes() says what has to be written, apply_table()
// writes it.
//
//     TableEdit edit = fit_gpt(read_partition_table(source), destination.size(), 512);
//     edit = grow_last(edit.table);
//     apply_table(destination, edit.table);
//
// They throw Error(refused), named after the device of the table, where the table is not sound enough for the
// edit or where the edit would lose data.

struct TableEdit {
  PartitionTable table;
  std::vector<std::string> notes;  ///< clauses without a full stop: what the user should know or do now
};

/// The table for a disk of `size` bytes in blocks of `block` bytes: the backup GPT in its last blocks, last
/// usable block, place of the other copy, protective MBR and checksums to match (UEFI 2.10, 5.3.2). An MBR,
/// or no table, needs no change; only the size is noted. Where the disk lives by its backup, the primary is
/// made of it as by repair_gpt(), or, where other data is in its place (RawTable::occupied) or there is no
/// protective MBR, left as it was, so that the disk lives by its backup at the new end. Refused where the
/// partitions do not fit (see needed_size()), neither copy is good, or `block` is not what the table was made
/// for. A hybrid MBR is left as it is.
TableEdit fit_gpt(const PartitionTable& table, std::uint64_t size, std::uint32_t block);

/// Makes a GPT whole again: a good primary replaces a damaged, missing, misplaced or different backup, or
/// else a good backup replaces the primary; the protective MBR is made anew where it is missing. Refused
/// where neither copy is good, or a file system begins where the primary belongs.
TableEdit repair_gpt(const PartitionTable& table);

/// Grows the entry of the partition that ends last, up to the end of the usable range, or the last whole MiB
/// of it where the partition begins on a whole MiB. In an MBR a logical partition grows together with the
/// extended one, and nothing grows beyond block 2^32. What is inside of the partition does not grow. Refused
/// where the table has errors, is hybrid, or has no partition, and where the partition would grow over
/// RawTable::loose.
TableEdit grow_last(const PartitionTable& table);

/// Fills a range with the bytes of a new identifier: 16 of a GUID, as it stands on the disk, or 4 of a disk
/// signature.
using RandomBytes = std::function<void(std::span<std::byte>)>;

/// getrandom(2); 16 bytes become a GUID of version 4 (RFC 4122, 4.4).
void system_random(std::span<std::byte> into);

/// New random disk GUID and partition GUIDs, or a new disk signature of an MBR, so that a clone and its
/// original can be attached to the same machine. The notes say what still names the old ones.
TableEdit new_ids(const PartitionTable& table, const RandomBytes& random = system_random);

/// The same partitions in a GPT for blocks of `block` bytes (a power of two from 512 to 65536) on a disk of
/// `size` bytes. Refused unless each partition begins and ends on a whole block and the larger header leaves
/// them room; also for an MBR and a hybrid one.
TableEdit convert_sector_size(const PartitionTable& table, std::uint64_t size, std::uint32_t block);

/// A range to write, in whole blocks of the table.
struct TableWrite {
  /// A range is written after all ranges of the stages before it are on stable storage, so that one whole
  /// copy of a GPT, old or new, is on the disk at any time.
  enum class Stage { backup, primary_entries, primary_header, boot_records };
  Stage stage = Stage::backup;
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

/// Everything that the table consists of, in the order in which it is to be written: backup GPT, entries and
/// header of the primary, extended boot records from the last to the first, the first block. Copies of a GPT
/// whose header is not good are left out, and so are entries that are not.
std::vector<TableWrite> table_writes(const PartitionTable& table);

/// Writes table_writes() to `device`, with a flush behind each stage. Ranges that already are on the device
/// are not written. Returns the bytes written. Throws Error(refused) where the table was not made for the
/// size and the blocks of this device, and whatever the device throws.
std::uint64_t apply_table(Device& device, const PartitionTable& table);

}  // namespace san
