// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "system/file/file_marks.h"

namespace san {

/// How long an image of `format` (qcow2, vmdk or vdi as QEMU calls them; 0 for every other) has to be at
/// least, by its own tables: the place where the last piece of the disk stands in the file. QEMU reads what
/// lies past the end of the file as zeros, so that an image that was cut off would be a disk with holes in
/// it.
///
/// The tables are read, 128 MiB of them for 1 TiB in a qcow2 image; what is damaged in them, QEMU says
/// itself. Sources: docs/interop/qcow2.txt of QEMU; VMware, Virtual Disk Format 5.0, "Hosted Sparse Extents";
/// block/vdi.c of QEMU.
std::uint64_t least_length(const FileMarks& image, const std::string& format);

}  // namespace san
