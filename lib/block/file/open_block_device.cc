// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "block/file/file_open.h"
#include "core/units.h"
#include "system/mount/in_use.h"

namespace san {
namespace {

/// Opens with O_EXCL. The scans of udev and LVM hold a device for moments, so EBUSY counts only if it lasts
/// 200 ms.
Fd open_exclusive(const std::string& path, int flags) {
  constexpr int kTries = 5;
  for (int i = 1;; ++i) {
    Fd fd = open_path(path, flags | O_EXCL);
    if (fd || errno != EBUSY || i == kTries) return fd;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// Refuses a device with a known use that conflicts with `options`.
void check_uses(const std::string& path, const std::vector<Use>& uses, const FileOptions& options) {
  const std::vector<Use> bad = disturbing(uses, options);
  if (!bad.empty()) refuse_in_use(path, "in use: " + describe(bad), options);
}

/// Opens as open_exclusive() does, or without O_EXCL if an unknown user holds the device and that is
/// overridden.
Fd claim(const std::string& path, int flags, const FileOptions& options) {
  Fd fd = open_exclusive(path, flags);
  if (fd || errno != EBUSY) return fd;
  refuse_in_use(path,
                "in use by something that the kernel does not name (a mount in a container, ZFS, an exported "
                "LUN or another clone)",
                options);
  return open_path(path, flags);
}

Fd open_unused(const std::string& path, dev_t device, const FileOptions& options) {
  const std::vector<Use> uses = block_device_uses(device);
  check_uses(path, uses, options);
  if (options.writable) return uses.empty() ? claim(path, O_RDWR, options) : open_path(path, O_RDWR);
  // Several clones may read one source, so it is not held, but checked for another holder. A device with a
  // known and harmless use is held by that use.
  if (uses.empty()) static_cast<void>(claim(path, O_RDONLY, options));
  return open_path(path, O_RDONLY);
}

template <typename T>
T ask(const OpenFile& file, unsigned long request, const char* what) {
  T value = 0;
  if (ioctl(file.fd.get(), request, &value) != 0)
    throw system_error(file.path, fmt::format("learn its {}", what), errno);
  return value;
}

}  // namespace

OpenFile open_block_device(const std::string& path, const FileOptions& options) {
  struct stat before = {}, after = {};
  if (stat(path.c_str(), &before) != 0) throw system_error(path, "find it", errno);
  const dev_t device = before.st_rdev;
  const Sysfs sysfs;
  if (options.writable && sysfs.write_protected(device))
    throw Error(Exit::refused, path, "is write-protected",
                "blockdev --setrw makes it writable if the hardware allows");
  OpenFile file;
  file.path = path;
  file.block_device = true;
  file.writable = options.writable;
  file.fd = open_unused(path, device, options);
  if (!file.fd) throw system_error(path, options.writable ? "open it for writing" : "open it", errno);
  if (fstat(file.fd.get(), &after) != 0 || !S_ISBLK(after.st_mode) || after.st_rdev != device)
    throw Error(Exit::failed, path, "became another device while it was opened", "run the command again");
  if (const auto lock = image_lock(file.fd.get(), options.writable))
    refuse_in_use(path, "in use: " + lock->text, options);

  file.bytes = ask<std::uint64_t>(file, BLKGETSIZE64, "size");
  file.logical_block = static_cast<std::uint32_t>(ask<int>(file, BLKSSZGET, "logical block size"));
  file.physical_block = std::max(ask<unsigned>(file, BLKPBSZGET, "physical block size"), file.logical_block);
  file.bytes = round_down(file.bytes, file.logical_block);
  if (file.bytes == 0)
    throw Error(Exit::failed, path, "has a size of 0 bytes",
                "is a medium in the drive, or a file attached to the device?");
  // Both are needed: without the first nothing is deallocated, without the second zeros are not certain.
  file.deallocates =
      sysfs.queue(device, "discard_max_bytes") > 0 && sysfs.queue(device, "write_zeroes_max_bytes") > 0;
  if (!file.writable) {
    // The page cache of a disk lacks data that a file system wrote to a partition of it, or past the cache,
    // as XFS does. Unlike BLKFLSBUF, which once emptied RAM disks, this loses nothing.
    static_cast<void>(fsync(file.fd.get()) == 0);
    static_cast<void>(posix_fadvise(file.fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
  }
  // Opened by the descriptor, since the path may mean another device by now. Failing that, the page cache is
  // used.
  if (options.direct)
    file.direct = open_path(fmt::format("/proc/self/fd/{}", file.fd.get()),
                            (file.writable ? O_RDWR : O_RDONLY) | O_DIRECT);
  return file;
}

}  // namespace san
