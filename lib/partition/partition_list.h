// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/range.h"
#include "partition/partition_table.h"

namespace san::partition {

// The steps of interpret() that make the list of partitions and judge it.

/// Adds a problem to the table, up to kMaxProblems: a hostile table may have a million.
void report(PartitionTable& table, Severity severity, std::string text);

/// Returns the byte offset of block `lba` of the table; saturates.
std::uint64_t table_bytes(const PartitionTable& table, std::uint64_t lba);
/// Returns the bytes of `count` blocks of the table from `lba` on; saturates.
Range table_range(const PartitionTable& table, std::uint64_t lba, std::uint64_t count);

/// Lists the partitions of a GPT copy, and reports GUIDs that occur twice.
void list_gpt(PartitionTable& table, const GptCopy& copy);

/// Lists the primary and logical partitions of the MBR.
void list_mbr(PartitionTable& table);

/// Reports partitions that end before they begin, or lie outside of the device or of the usable range.
void check_ranges(PartitionTable& table);

/// Reports data partitions that overlap, and logical partitions that extend beyond their container.
void check_overlaps(PartitionTable& table);

}  // namespace san::partition
