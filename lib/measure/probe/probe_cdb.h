// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "iscsi/scsi/cdb.h"

namespace san::measure {

// Commands that only a probe sends. Values are range-checked by the callers.

/// Returns `write` (WRITE(10) or (16)) with force unit access (SBC-3, 5.32 and 5.34).
iscsi::Cdb with_fua(iscsi::Cdb write);
/// Returns WRITE SAME(16) without a data-out buffer: NDOB (SBC-4, WRITE SAME(16)). It writes zeros.
iscsi::Cdb write_same_no_data(std::uint64_t lba, std::uint32_t blocks);
/// Returns COMPARE AND WRITE of `blocks` blocks, with twice as much data (SBC-3, 5.2).
iscsi::Cdb compare_and_write(std::uint64_t lba, std::uint8_t blocks);
/// Returns VERIFY(10) or (16) with BYTCHK 01b: the data sent are compared with the medium (SBC-3, 5.24 and
/// 5.26).
iscsi::Cdb verify_bytes(bool sixteen, std::uint64_t lba, std::uint32_t blocks);
/// LBA and number of blocks of an UNMAP descriptor.
using UnmapRange = std::pair<std::uint64_t, std::uint32_t>;
/// Returns a parameter list of UNMAP with any number of descriptors (SBC-3, table 81).
std::vector<std::byte> unmap_list(std::span<const UnmapRange> ranges);

}  // namespace san::measure
