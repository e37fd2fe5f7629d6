// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "block/device.h"
#include "partition/partition_table.h"

namespace san::partition {

// Edits of a partition table. None of them touches a device: each takes a table and returns the edited table,
// to which the next edit can be applied; table_writes() lists the ranges to write, and apply_table() writes
// them.
//
//     TableEdit edit = fit_gpt(read_partition_table(source), destination.size(), 512);
//     edit = grow_last(edit.table);
//     apply_table(destination, edit.table);
//
// They throw Error(refused) that names the table's device if the table is not intact enough for the edit, or
// if the edit would lose data.

struct TableEdit {
  PartitionTable table;
  std::vector<std::string> notes;  ///< clauses without a full stop: advice and next steps for the user
};

/// Fits the table to a disk of `size` bytes in blocks of `block` bytes: moves the backup GPT into its last
/// blocks and updates the last usable block, the position of the other copy, the protective MBR and the
/// checksums (UEFI 2.10, 5.3.2). An MBR, or no table, needs no change; only the size is noted. If only the
/// backup is good, the primary is rebuilt from it as by repair_gpt(); if other data is at its position
/// (RawTable::occupied) or there is no protective MBR, the primary is left as it was, and the disk keeps
/// relying on its backup, at the new end. Throws Error(refused) if the partitions do not fit (see
/// needed_size()), neither copy is good, or `block` is not the block size the table was made for. A hybrid
/// MBR is left unchanged.
TableEdit fit_gpt(const PartitionTable& table, std::uint64_t size, std::uint32_t block);

/// Repairs a GPT: a good primary replaces a damaged, missing, misplaced or different backup, or else a good
/// backup replaces the primary; a missing protective MBR is created. Throws Error(refused) if neither copy is
/// good, or if a file system begins at the position of the primary.
TableEdit repair_gpt(const PartitionTable& table);

/// Grows the partition that ends last up to the end of the usable range, or to the last whole MiB of it if
/// the partition begins on a whole MiB. In an MBR a logical partition grows together with the extended one,
/// and nothing grows beyond block 2^32. The content of the partition does not grow. Throws Error(refused) if
/// the table has errors, is hybrid, or has no partition, and if the partition would grow over
/// RawTable::loose.
TableEdit grow_last(const PartitionTable& table);

/// Function that fills a range with the bytes of a new identifier: 16 of a GUID in on-disk order, or 4 of a
/// disk signature.
using RandomBytes = std::function<void(std::span<std::byte>)>;

/// Fills the range by getrandom(2); 16 bytes become a GUID of version 4 (RFC 4122, 4.4).
void system_random(std::span<std::byte> into);

/// Replaces the disk GUID and the partition GUIDs, or the disk signature of an MBR, by random ones, so that a
/// clone and its original can be attached to the same machine. The notes list what still refers to the old
/// ones.
TableEdit new_ids(const PartitionTable& table, const RandomBytes& random = system_random);

/// Converts the table to a GPT for blocks of `block` bytes (a power of two from 512 to 65536) on a disk of
/// `size` bytes. Throws Error(refused) unless each partition begins and ends on a whole block and the larger
/// header leaves them enough space, and for an MBR or a hybrid one.
TableEdit convert_sector_size(const PartitionTable& table, std::uint64_t size, std::uint32_t block);

/// A range to write, in whole blocks of the table.
struct TableWrite {
  /// Order of the writes. A range is written after all ranges of earlier stages are on stable storage, so
  /// that one complete copy of a GPT, old or new, is on the disk at any time.
  enum class Stage { backup, primary_entries, primary_header, boot_records };
  Stage stage = Stage::backup;
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

/// Returns all ranges of the table in the order in which they must be written: backup GPT, entries and header
/// of the primary, extended boot records from the last to the first, the first block. A GPT copy whose header
/// is not good is left out, and so are entries that are not good.
std::vector<TableWrite> table_writes(const PartitionTable& table);

/// Writes table_writes() to `device`, with a flush after each stage. Ranges that are on the device already
/// are not written. Returns the number of bytes written. Throws Error(refused) if the table was not made for
/// the size and the block size of this device, and the errors of the device.
std::uint64_t apply_table(Device& device, const PartitionTable& table);

}  // namespace san::partition
