// SPDX-License-Identifier: Apache-2.0
#include "system/mount/mount_table.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "system/fd.h"
#include "system/mount/mounts.h"

namespace san {
namespace {

/// Finds the devices beneath a mounted file system.
std::set<dev_t> devices_of(const Mount& mount, const Sysfs& sysfs) {
  if (mount.major != 0) return {makedev(mount.major, mount.minor)};
  // btrfs has a device number of its own for each subvolume; only the source names a real device.
  struct stat source = {};
  if (!mount.source.starts_with('/') || stat(mount.source.c_str(), &source) != 0 || !S_ISBLK(source.st_mode))
    return {};
  std::set<dev_t> devices{source.st_rdev};
  if (mount.type != "btrfs") return devices;
  for (const std::string& id : sysfs.names("/sys/fs/btrfs")) {
    std::set<dev_t> members;
    for (const std::string& name : sysfs.names("/sys/fs/btrfs/" + id + "/devices"))
      if (const auto member = sysfs.device(name)) members.insert(*member);
    if (members.contains(source.st_rdev)) devices.merge(members);
  }
  return devices;
}

}  // namespace

MountTable::MountTable(const Sysfs& sysfs) {
  for (Mount& mount : parse_mountinfo(sysfs.text("/proc/self/mountinfo"))) {
    const dev_t number = makedev(mount.major, mount.minor);
    auto found = std::find_if(file_systems_.begin(), file_systems_.end(),
                              [number](const MountedFileSystem& one) { return one.number == number; });
    if (found == file_systems_.end()) {
      MountedFileSystem fresh;
      fresh.number = number;
      fresh.devices = devices_of(mount, sysfs);
      fresh.type = mount.type;
      fresh.upper = mount.upper;
      found = file_systems_.insert(file_systems_.end(), std::move(fresh));
    }
    found->writable |= mount.writable;
    found->mounts.emplace_back(mount.id, std::move(mount.point));
  }
}

const MountedFileSystem* MountTable::of_path(const std::string& path) const {
  Fd fd = open_path(path, O_PATH);
  if (!fd) {
    const auto parent = std::filesystem::path(path).parent_path();
    fd = open_path(parent.empty() ? "." : parent.string(), O_PATH);
  }
  struct stat status = {};
  if (!fd || fstat(fd.get(), &status) != 0) return nullptr;
  // st_dev is not the file system's number on btrfs; a mount of another namespace has no number here.
  const unsigned id = mount_id(fd.get());
  const MountedFileSystem* by_device = nullptr;
  for (const MountedFileSystem& one : file_systems_) {
    for (const auto& mount : one.mounts)
      if (id != 0 && mount.first == id) return &one;
    if (one.number == status.st_dev) by_device = &one;
  }
  return by_device;
}

unsigned mount_id(int fd) {
  std::ifstream info(fmt::format("/proc/self/fdinfo/{}", fd));
  constexpr std::string_view kName = "mnt_id:";
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with(kName)) continue;
    const std::size_t digits = line.find_first_not_of(" \t", kName.size());
    unsigned id = 0;
    if (digits != std::string::npos) std::from_chars(line.data() + digits, line.data() + line.size(), id);
    return id;
  }
  return 0;
}

}  // namespace san
