// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "partition/gpt.h"

namespace san {

/// Where the entries of a primary that is made of a backup go: where a header that can still be trusted wants
/// them, else to block 2, as UEFI 2.10, 5.3.2, has it for a new one.
std::uint64_t primary_entries_lba(const GptCopy& primary);

/// What forbids to write a primary made of `backup`: a clause, or nothing. `block1` and `entries` are the
/// blocks that it would be in. Zeros may be overwritten, and what is left of a GPT: a header that has its
/// signature or the GUID of the disk, entries that are those of the backup but for an eighth of their bytes,
/// or could be entries of a disk of `blocks` blocks. Anything else may be a boot loader, as boards have one
/// there whose ROM reads it from a fixed place.
std::string place_of_primary(const GptCopy& backup, std::span<const std::byte> block1,
                             std::span<const std::byte> entries, std::uint64_t blocks);

}  // namespace san
