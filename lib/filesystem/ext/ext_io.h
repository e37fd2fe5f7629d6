// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ext2fs/ext2fs.h>

#include <exception>
#include <memory>

#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// Deleter of ExtFs.
struct ExtClose {
  void operator()(struct_ext2_filsys* fs) const { ext2fs_free(fs); }
};
/// File system opened by libext2fs, closed without writing.
using ExtFs = std::unique_ptr<struct_ext2_filsys, ExtClose>;

/// Checks sizes that libext2fs does not check before it allocates memory for them, and returns the size of
/// the file system in bytes. Throws MetadataError if that is larger than `volume`, or if it has more groups
/// than are read at a time.
std::uint64_t check_ext_size(Volume& volume);

/// Opens the file system in `volume` with libext2fs, for reading only. A read that fails
/// later stores its exception in `failure`, since none may pass through the library; `failure` and `volume`
/// have to outlive the result. Throws what a read threw, or MetadataError with the library's reason.
ExtFs open_ext(Volume& volume, std::exception_ptr& failure);

/// Throws MetadataError("its WHAT cannot be used: …") for an error code of libext2fs, or the exception in
/// `failure` if there is one.
[[noreturn]] void throw_ext(errcode_t code, const char* what, std::exception_ptr& failure);

}  // namespace san::filesystem
