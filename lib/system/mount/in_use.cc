// SPDX-License-Identifier: Apache-2.0
#include "system/mount/in_use.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <set>

#include "system/fd.h"
#include "system/mount/mount_table.h"
#include "system/mount/mounts.h"

namespace san {
namespace {

/// The kernel names a file that was removed, or that is outside of this process' root, in other ways.
std::optional<struct stat> stat_of_absolute(const std::string& path) {
  return path.starts_with('/') ? stat_of(path) : std::nullopt;
}

/// Mounts and swap of the whole machine, read once.
class Occupants {
 public:
  explicit Occupants(const Sysfs& sysfs) : sysfs_(sysfs), mounts_(sysfs) {
    for (const std::string& path : parse_swaps(sysfs.text("/proc/swaps")))
      if (const auto found = stat_of_absolute(path); found && S_ISBLK(found->st_mode))
        swap_.insert(found->st_rdev);
  }

  /// Appends the uses of `device` itself. Returns true if there is any.
  bool add_uses(dev_t device, std::vector<Use>& uses) const {
    const std::size_t before = uses.size();
    const std::string name = sysfs_.name(device);
    for (const MountedFileSystem& one : mounts_.file_systems()) {
      if (!one.devices.contains(device)) continue;
      const std::size_t more = one.mounts.size() - 1;
      uses.push_back(
          {fmt::format("{} is mounted {} at {}{}", name, one.writable ? "read-write" : "read-only",
                       one.mounts.front().second, more > 0 ? fmt::format(" and {} more places", more) : ""),
           one.writable, one.number});
    }
    if (swap_.contains(device)) uses.push_back({name + " is active swap space", true, {}});
    return uses.size() > before;
  }

 private:
  const Sysfs& sysfs_;
  const MountTable mounts_;
  std::set<dev_t> swap_;
};

}  // namespace

std::vector<Use> block_device_uses(dev_t device, const Sysfs& sysfs) {
  const Occupants occupants(sysfs);
  std::vector<dev_t> todo{device};
  for (const dev_t part : sysfs.partitions(device)) todo.push_back(part);
  if (const auto disk = sysfs.whole_disk(device)) todo.push_back(*disk);
  std::set<dev_t> seen(todo.begin(), todo.end()), occupied;
  const auto visit = [&](dev_t next) {
    if (seen.insert(next).second) todo.push_back(next);
  };
  std::vector<Use> uses;
  std::vector<std::pair<std::size_t, dev_t>> held;  // index of the use, and the holder
  for (std::size_t i = 0; i < todo.size(); ++i) {
    if (occupants.add_uses(todo[i], uses)) occupied.insert(todo[i]);
    for (const dev_t holder : sysfs.holders(todo[i])) {
      held.emplace_back(uses.size(), holder);
      occupied.insert(todo[i]);
      uses.push_back({fmt::format("{} is part of {}", sysfs.name(todo[i]), sysfs.name(holder)), false, {}});
      visit(holder);
      for (const dev_t part : sysfs.partitions(holder)) visit(part);
    }
  }
  // If a use of the holder is known, that use is reported with its own value of `writes`.
  for (const auto& [use, holder] : held) {
    const auto parts = sysfs.partitions(holder);
    uses[use].writes =
        !occupied.contains(holder) && !sysfs.write_protected(holder) &&
        std::none_of(parts.begin(), parts.end(), [&](dev_t part) { return occupied.contains(part); });
  }
  return uses;
}

std::vector<Use> file_uses(const struct stat& file, const Sysfs& sysfs) {
  const auto is_file = [&file](const std::string& path) {
    const auto found = stat_of_absolute(path);
    return found && found->st_dev == file.st_dev && found->st_ino == file.st_ino;
  };
  std::vector<Use> uses;
  for (const std::string& path : parse_swaps(sysfs.text("/proc/swaps")))
    if (is_file(path)) uses.push_back({"it is active swap space", true, {}});
  for (const std::string& name : sysfs.names("/sys/block")) {
    if (!name.starts_with("loop") || !is_file(sysfs.line("/sys/block/" + name + "/loop/backing_file")))
      continue;
    const auto loop = sysfs.device(name);
    if (!loop) continue;
    for (Use& use : block_device_uses(*loop, sysfs)) {
      use.text = fmt::format("it is attached to /dev/{}, and {}", name, use.text);
      uses.push_back(std::move(use));
    }
  }
  return uses;
}

std::optional<Use> image_lock(int fd, bool writing) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;  // Queries the locks that conflict with this one; none is taken.
  lock.l_whence = SEEK_SET;
  lock.l_start = writing ? 100 : 101;
  lock.l_len = writing ? 200 : 1;
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return Use{"a virtual machine or another QEMU program has it open", true, {}};
}

std::string describe(const std::vector<Use>& uses) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(uses.size(), kShown); ++i) text += (i > 0 ? "; " : "") + uses[i].text;
  if (uses.size() > kShown) text += fmt::format("; and {} more", uses.size() - kShown);
  return text;
}

}  // namespace san
