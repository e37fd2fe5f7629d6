// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "system/file/file_marks.h"

namespace san {

/// Computes the least length in bytes of an image of `format` (qcow2, vmdk or vdi as QEMU names them; 0 for
/// any other) from its own tables: the offset of the last allocated piece of the disk in the file, plus 1
/// (for vdi, the end of the allocated blocks). QEMU reads zeros after the end of the file, so an image that
/// was cut off would become a disk with holes.
///
/// The tables are read, 128 MiB of them for 1 TiB in a qcow2 image; damage in them is left to QEMU to report.
/// Sources: docs/interop/qcow2.txt of QEMU; VMware, Virtual Disk Format 5.0, "Hosted Sparse Extents";
/// block/vdi.c of QEMU.
std::uint64_t least_length(const FileMarks& image, const std::string& format);

}  // namespace san
