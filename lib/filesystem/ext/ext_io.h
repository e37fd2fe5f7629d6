// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ext2fs/ext2fs.h>

#include <exception>
#include <memory>

#include "filesystem/volume/volume.h"

namespace san {

struct ExtClose {
  void operator()(struct_ext2_filsys* fs) const { ext2fs_free(fs); }
};
using ExtFs = std::unique_ptr<struct_ext2_filsys, ExtClose>;

/// What libext2fs would take on trust and pay for with memory: throws MetadataError where the file system is
/// larger than `volume`, or has more groups than are read at a time. Returns its size in bytes.
std::uint64_t check_ext_size(Volume& volume);

/// Opens the file system in `volume` with libext2fs, for reading only. `failure` is where a read that fails
/// later leaves its exception, since none may pass through the library; it and `volume` have to outlive the
/// result. Throws what a read threw, or MetadataError with the library's reason.
ExtFs open_ext(Volume& volume, std::exception_ptr& failure);

/// Throws MetadataError("its WHAT cannot be used: …") for an error code of libext2fs, or rather the exception
/// behind it, if there is one.
[[noreturn]] void throw_ext(errcode_t code, const char* what, std::exception_ptr& failure);

}  // namespace san
