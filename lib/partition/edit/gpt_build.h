// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "partition/partition_table.h"

namespace san {

// What the edits of a GPT have in common.

/// Throws Error(refused) about the table's device.
[[noreturn]] void refuse(const PartitionTable& table, const std::string& cause, const std::string& hint = {});

/// Refuses unless the table is a GPT whose primary is good.
void require_good_primary(const PartitionTable& table);

/// Refuses where a problem of severity error was found, naming the first.
void require_no_errors(const PartitionTable& table);

/// Blocks that the entry array takes.
std::uint64_t entries_blocks(const GptCopy& copy);

/// Makes the backup a copy of the primary, with its header and its entries in these blocks, and seals both.
void place_backup(PartitionTable& table, std::uint64_t lba, std::uint64_t entries_lba);

/// Seals both copies after a change of the primary, the backup staying where it is. Refuses where there is no
/// good backup that belongs to the primary.
void update_backup(PartitionTable& table);

/// Puts raw.mbr into raw.block0.
void store_mbr(RawTable& raw);

}  // namespace san
