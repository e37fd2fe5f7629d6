// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "partition/gpt.h"

namespace san::partition {

/// Returns the first block for the entries of a primary that is rebuilt from a backup: the one named by the
/// old primary header if that can still be trusted, else block 2, as UEFI 2.10, 5.3.2, requires for a new
/// one.
std::uint64_t primary_entries_lba(const GptCopy& primary);

/// Returns the reason that forbids writing a primary rebuilt from `backup`, a clause, or an empty string.
/// `block1` and `entries` are the current content of the blocks to be overwritten. Zeros may be overwritten,
/// and remains of a GPT: a header that has its signature or the GUID of the disk, entries that are those of
/// the backup but for an eighth of their bytes, or could be entries of a disk of `blocks` blocks. Anything
/// else may be a boot loader: the ROM of some boards reads one from a fixed position there.
std::string describe_primary(const GptCopy& backup, std::span<const std::byte> block1,
                             std::span<const std::byte> entries, std::uint64_t blocks);

}  // namespace san::partition
