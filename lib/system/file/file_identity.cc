// SPDX-License-Identifier: Apache-2.0
#include "system/file/file_identity.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

namespace san {
namespace {

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(path, error);
  return error ? path : canonical.string();
}

/// Returns the WWN or serial number of a disk, or the backing file of a loop device. SCSI disks have the WWN
/// at the SCSI device, NVMe at the namespace; virtio has only the serial number.
std::string disk_identity(dev_t device, const Sysfs& sysfs) {
  const std::string directory = fmt::format("/sys/dev/block/{}:{}", major(device), minor(device));
  for (const char* attribute : {"wwid", "device/wwid", "serial", "device/serial"})
    if (std::string text = sysfs.line(directory + "/" + attribute); !text.empty()) return "disk " + text;
  if (const std::string file = sysfs.line(directory + "/loop/backing_file"); !file.empty())
    return fmt::format("file {} from byte {}", file, sysfs.line(directory + "/loop/offset"));
  return {};
}

std::string identity_of(dev_t device) {
  return fmt::format("block device {}:{}", major(device), minor(device));
}

std::string identity_of(ino_t inode, dev_t device) {
  return fmt::format("file {} on device {}:{}", inode, major(device), minor(device));
}

}  // namespace

std::string file_identity(int fd, const Sysfs& sysfs) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return {};
  if (!S_ISBLK(status.st_mode)) return identity_of(status.st_ino, status.st_dev);
  // On a partition of a loop device, the ioctl describes the whole loop device.
  loop_info64 loop = {};
  if (sysfs.whole_disk(status.st_rdev) || ioctl(fd, LOOP_GET_STATUS64, &loop) != 0)
    return identity_of(status.st_rdev);
  std::string below =
      loop.lo_rdevice != 0 ? identity_of(loop.lo_rdevice) : identity_of(loop.lo_inode, loop.lo_device);
  return loop.lo_offset == 0 ? below : fmt::format("{}, from byte {}", below, loop.lo_offset);
}

std::string persistent_file_id(const std::string& path, int fd, const Sysfs& sysfs) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return {};
  if (!S_ISBLK(status.st_mode)) return "file " + absolute(path);
  if (std::string disk = disk_identity(status.st_rdev, sysfs); !disk.empty()) return disk;
  if (const auto whole = sysfs.whole_disk(status.st_rdev))
    if (const std::string disk = disk_identity(*whole, sysfs); !disk.empty())
      return fmt::format("partition {} of {}",
                         sysfs.line(fmt::format("/sys/dev/block/{}:{}/partition", major(status.st_rdev),
                                                minor(status.st_rdev))),
                         disk);
  return "device " + absolute(path);
}

std::string file_generation(int fd) {
  struct statx status = {};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME | STATX_TYPE, &status) != 0 ||
      !S_ISREG(status.stx_mode) || (status.stx_mask & STATX_BTIME) == 0)
    return {};
  return fmt::format("inode {} of {}.{:09}", status.stx_ino, status.stx_btime.tv_sec,
                     status.stx_btime.tv_nsec);
}

std::string modification_time(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:09} UTC", fmt::gmtime(status.st_mtim.tv_sec),
                     status.st_mtim.tv_nsec);
}

}  // namespace san
