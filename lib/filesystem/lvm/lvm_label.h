// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/endian.h"

namespace san::filesystem {

// The label of a physical volume of LVM2, in one of its first four sectors of 512 bytes: lvm2,
// lib/label/label.h and lib/format_text/layout.h.

inline constexpr std::uint64_t kLvmSector = 512;
inline constexpr std::uint64_t kLvmLabelSectors = 4;

/// Label sector of a physical volume.
struct LvmLabel {
  char id[8] = {};  ///< LABELONE
  le64 sector;
  le32 crc, offset;   ///< of the header, from the start of the label
  char type[8] = {};  ///< "LVM2 001"
};

/// Header of a physical volume. The list of data areas and that of metadata areas follow it.
struct LvmHeader {
  char uuid[32] = {};
  le64 size;  ///< bytes of the physical volume
};

static_assert(sizeof(LvmLabel) == 32 && sizeof(LvmHeader) == 40);

}  // namespace san::filesystem
