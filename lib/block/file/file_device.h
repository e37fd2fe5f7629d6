// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"

namespace san {

/// Options of open_file().
struct FileOptions {
  /// True to open for reading and writing, false for reading only.
  bool writable = false;

  /// Size of a regular file in bytes, with `writable`; rounded up to whole 512-byte blocks. A file that does
  /// not exist is created as one hole, with mode 0600, since only root could read its content on the source
  /// disk. If empty, the file must exist and keeps its size. Ignored for block devices.
  std::optional<std::uint64_t> create_size = std::nullopt;

  /// Treatment of an existing file whose size differs from `create_size`. Its content is kept up to the new
  /// size, so that an unfinished clone can be resumed.
  enum class Resize {
    exact,     ///< extended or cut to that size: an image of a disk is as large as the disk
    at_least,  ///< extended if it is smaller: a disk with free space at its end
  };
  Resize resize = Resize::exact;

  /// True to use O_DIRECT on block devices, if the kernel allows it, for transfers aligned to 4096 bytes in
  /// memory and on the device; all others go through the page cache.
  bool direct = true;

  /// True to open a file or device that is in use with a warning, instead of refusing it.
  bool force_in_use = false;

  /// True to open a source that is in use without a warning, for reads whose result nothing depends on.
  bool look_only = false;

  /// Frozen file systems (MountedFileSystem::number), which do not change.
  std::vector<dev_t> frozen = {};
};

/// Opens a regular file or a kernel block device.
///
/// Sizes: a regular file has blocks of 512 bytes. A file that ends within a block reads as if the rest of the
/// block were zeros; opened for writing it is extended to whole blocks at once.
///
/// In use: throws Error(refused), naming the use, for a destination that is mounted, is swap space, is part
/// of an LVM, MD or dm device, is open elsewhere with O_EXCL, or is locked by another process or by QEMU;
/// also if that holds for a partition of it, the disk it is a partition of, or a loop device that the file is
/// attached to. A source is refused if its content may change during the copy: mounted read-write at any
/// depth, active swap space, part of another device of which no use is known, written by QEMU, locked by
/// another clone that writes, or held with O_EXCL by something that the kernel does not name. A destination
/// device is held with O_EXCL, a file with flock(2), as long as the Device lives.
///
/// A file that was created or extended for writing is removed, or gets its old size back, if the Device is
/// closed before any write, zero, unmap or flush.
///
/// Other errors: Error(usage) for a path that does not exist or is neither a file nor a block device,
/// Error(refused) for a destination device that is write-protected, Error(failed) for the rest.
///
/// The Device: extents() reports holes of regular files, at most 4096 extents a call, with the rest of the
/// range unknown; all of a block device is unknown. unmap() always leaves zeros: it punches holes or has the
/// kernel deallocate with zeros guaranteed, and writes zeros if neither works (then unmap_granularity is 0,
/// if that is known beforehand). After a failed flush all later ones fail, since the kernel reports the error
/// only once. Requests run on a few threads of the device; it must not be destroyed from a completion.
std::unique_ptr<Device> open_file(const std::string& path, const FileOptions& options);

}  // namespace san
