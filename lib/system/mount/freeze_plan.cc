// SPDX-License-Identifier: Apache-2.0
#include "system/mount/freeze_plan.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "system/fd.h"

namespace san {
namespace {

/// Stack of devices, files and file systems, followed upwards from one disk and downwards from one file.
class Stack {
 public:
  explicit Stack(const Sysfs& sysfs) : sysfs_(sysfs), table_(sysfs) {
    for (const std::string& name : sysfs.names("/sys/block")) {
      if (!name.starts_with("loop")) continue;
      const auto loop = sysfs.device(name);
      if (!loop) continue;
      const std::string file = sysfs.backing_file(*loop);
      if (!file.empty()) loops_.push_back({*loop, file, table_.of_path(file)});
    }
  }

  /// Lists the writable file systems above `source`, each after those beneath it.
  std::vector<MountedFileSystem> upon(const struct stat& status) const {
    std::vector<dev_t> todo;
    std::set<dev_t> seen;
    const auto visit = [&](dev_t device) {
      if (seen.insert(device).second) todo.push_back(device);
      for (const dev_t part : sysfs_.partitions(device))
        if (seen.insert(part).second) todo.push_back(part);
    };
    if (S_ISBLK(status.st_mode)) {
      visit(status.st_rdev);
      if (const auto disk = sysfs_.whole_disk(status.st_rdev); disk && seen.insert(*disk).second)
        todo.push_back(*disk);
    } else {
      for (const Loop& loop : loops_)
        if (const auto file = stat_of(loop.file);
            file && file->st_dev == status.st_dev && file->st_ino == status.st_ino)
          visit(loop.device);
    }
    std::vector<MountedFileSystem> found;
    for (std::size_t i = 0; i < todo.size(); ++i) {
      for (const dev_t holder : sysfs_.holders(todo[i])) visit(holder);
      for (const MountedFileSystem& one : table_.file_systems()) {
        if (!one.writable || !one.devices.contains(todo[i])) continue;
        // A further device of a file system found before: it is above that device too, so it moves to the
        // end.
        std::erase_if(found, [&](const MountedFileSystem& other) { return other.number == one.number; });
        found.push_back(one);
        for (const Loop& loop : loops_)
          if (loop.on != nullptr && loop.on->number == one.number) visit(loop.device);
      }
    }
    return found;
  }

  /// Returns the device numbers of all file systems that a write to `path` passes through.
  std::set<dev_t> under(const std::string& path) const {
    std::set<dev_t> found, devices;
    std::vector<dev_t> todo;
    const auto visit_device = [&](dev_t device) {
      if (devices.insert(device).second) todo.push_back(device);
    };
    const auto visit_file = [&](const std::string& file) {
      const MountedFileSystem* on = table_.of_path(file);
      // The upper directory of an overlay may be on an overlay again, but not endlessly.
      for (int depth = 0; on != nullptr && depth < 8; ++depth) {
        if (!found.insert(on->number).second) return;
        for (const dev_t device : on->devices) visit_device(device);
        if (on->upper.empty()) return;
        on = table_.of_path(on->upper);
      }
    };
    const auto status = stat_of(path);
    if (status && S_ISBLK(status->st_mode))
      visit_device(status->st_rdev);
    else
      visit_file(path);
    for (std::size_t i = 0; i < todo.size(); ++i) {
      const dev_t device = todo[i];
      for (const dev_t below : sysfs_.slaves(device)) visit_device(below);
      if (const auto disk = sysfs_.whole_disk(device)) visit_device(*disk);
      if (const std::string file = sysfs_.backing_file(device); !file.empty()) visit_file(file);
    }
    return found;
  }

 private:
  struct Loop {
    dev_t device;
    std::string file;
    const MountedFileSystem* on;
  };
  const Sysfs& sysfs_;
  const MountTable table_;
  std::vector<Loop> loops_;
};

}  // namespace

FreezePlan plan_freeze(const std::string& source, const std::vector<NeededFile>& needed, const Sysfs& sysfs) {
  const auto status = stat_of(source);
  if (!status) throw Error(Exit::usage, source, "does not exist", "name an existing file or block device");
  const Stack stack(sysfs);
  auto upon = stack.upon(*status);
  std::reverse(upon.begin(), upon.end());
  std::map<dev_t, std::string> reasons;
  if (!upon.empty()) {
    for (const NeededFile& file : needed)
      for (const dev_t number : stack.under(file.path))
        reasons.try_emplace(number, file.what + " lies on it");
  }
  FreezePlan plan;
  for (MountedFileSystem& one : upon) {
    const auto reason = reasons.find(one.number);
    if (reason != reasons.end())
      plan.forbidden.emplace_back(std::move(one), reason->second);
    else
      plan.file_systems.push_back(std::move(one));
  }
  return plan;
}

std::vector<NeededFile> files_of_this_process() {
  std::vector<NeededFile> files{{"/proc/self/exe", "this program"}};
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> mapped;
  for (std::string line; std::getline(maps, line);)
    if (const auto slash = line.find('/'); slash != std::string::npos) mapped.insert(line.substr(slash));
  for (const std::string& path : mapped) files.push_back({path, path});
  for (const auto& [fd, what] : {std::pair(1, "standard output"), std::pair(2, "standard error")}) {
    const std::string path = fmt::format("/proc/self/fd/{}", fd);
    if (const auto status = stat_of(path); status && S_ISREG(status->st_mode)) files.push_back({path, what});
  }
  return files;
}

}  // namespace san
