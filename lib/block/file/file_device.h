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

/// How open_file() opens a file or a block device.
struct FileOptions {
  /// For writing and reading; otherwise for reading only.
  bool writable = false;

  /// With `writable`, for a regular file: how many bytes it is to have (rounded up to whole 512-byte blocks).
  /// A file that does not exist is created, with mode 0600 (it holds what was readable for root only on the
  /// disk it is a copy of) and as one hole. Without a value the file must exist and keeps its size. Block
  /// devices have the size they have, whatever this says.
  std::optional<std::uint64_t> create_size = std::nullopt;

  /// What becomes of a file that exists already and has another size than `create_size`. In both cases its
  /// content stays as far as it reaches, so that an unfinished clone can go on.
  enum class Resize {
    exact,     ///< it is extended or cut to that size: an image of a disk is as large as the disk
    at_least,  ///< it is extended where it is smaller: a disk with more room at its end
  };
  Resize resize = Resize::exact;

  /// Block devices by O_DIRECT for whatever is aligned to 4096 bytes, in memory and on the device, where the
  /// kernel allows it; the rest, and everything otherwise, through the page cache.
  bool direct = true;

  /// Go on, with a warning, where open_file() would refuse since something else uses the file or device.
  bool force_in_use = false;

  /// The same without a warning, to read from it something that nobody relies on.
  bool look_only = false;

  /// Numbers of mounted file systems that are frozen (MountedFileSystem::number): they do not change.
  std::vector<dev_t> frozen = {};
};

/// Opens a regular file or a kernel block device.
///
/// Sizes: blocks of a regular file are 512 bytes. A file that ends within a block reads as if zeros filled
/// that block; opened for writing it is extended to whole blocks at once.
///
/// In use: Error(refused), which names the user, for a destination that is mounted, is swap space, is part of
/// an LVM, MD or dm device, is open elsewhere with O_EXCL, is locked by another process or by QEMU; also
/// where a partition of it is, or the disk it is a partition of, or a loop device that the file is attached
/// to. A source is refused where its content may change during the copy: mounted read-write at any depth,
/// active swap space, part of another device of which no use is known, written by QEMU, locked by another
/// clone that writes, or held with O_EXCL by somebody that the kernel does not name. The device is held with
/// O_EXCL, the file with flock(2), as long as the Device lives.
///
/// What was made or made longer for writing is removed, or gets its size back, when the Device is closed
/// before it was told to write, zero, unmap or flush anything.
///
/// Other errors: Error(usage) for a path that does not exist or is neither a file nor a block device,
/// Error(refused) for a destination device that is write-protected, Error(failed) for the rest.
///
/// The Device: extents() knows holes of regular files, at most 4096 extents a call, the rest of the window
/// unknown; block devices know nothing. unmap() always leaves zeros: it punches holes or has the kernel
/// deallocate with zeros guaranteed, and writes zeros where neither works (then unmap_granularity is 0, if
/// that is known beforehand). A flush that failed makes all later ones fail, since the kernel tells only
/// once. Requests run on a few threads of the device; it must not be destroyed from a completion.
std::unique_ptr<Device> open_file(const std::string& path, const FileOptions& options);

}  // namespace san
