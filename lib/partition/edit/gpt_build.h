// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "partition/partition_table.h"

namespace san::partition {

// Helpers shared by the edits of a GPT.

/// Throws Error(refused) that names the table's device.
[[noreturn]] void refuse(const PartitionTable& table, const std::string& cause, const Hint& hint = {});

/// Throws Error(refused) unless the table is a GPT whose primary copy is good.
void require_good_primary(const PartitionTable& table);

/// Returns the text of the first error; empty if there is none.
std::string first_error(const PartitionTable& table);
/// Throws Error(refused) with the first problem of severity error if there is one.
void require_no_errors(const PartitionTable& table);

/// Returns the number of blocks that the entry array occupies.
std::uint64_t entries_blocks(const GptCopy& copy);

/// Makes the backup a copy of the primary, with its header at block `lba` and its entries from `entries_lba`
/// on, and updates the checksums of both copies.
void set_backup_lba(PartitionTable& table, std::uint64_t lba, std::uint64_t entries_lba);

/// Updates the checksums of both copies after a change of the primary; the backup stays at its position.
/// Throws Error(refused) if there is no good backup that belongs to the primary.
void update_backup(PartitionTable& table);

/// Copies raw.mbr into raw.block0.
void store_mbr(RawTable& raw);

}  // namespace san::partition
