// SPDX-License-Identifier: Apache-2.0
#include "system/sysfs.h"

#include <fmt/core.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace san {

namespace fs = std::filesystem;

std::string Sysfs::line(const std::string& path) const {
  std::ifstream in(root_ + path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string Sysfs::text(const std::string& path) const {
  std::ifstream in(root_ + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Sysfs::names(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(root_ + path, error), end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string Sysfs::directory(dev_t device) const {
  return fmt::format("/sys/dev/block/{}:{}", major(device), minor(device));
}

std::optional<dev_t> Sysfs::number(const std::string& directory) const {
  const std::string text = line(directory + "/dev");
  const char* const end = text.data() + text.size();
  unsigned high = 0, low = 0;
  const auto first = std::from_chars(text.data(), end, high);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, low);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return makedev(high, low);
}

std::string Sysfs::name(dev_t device) const {
  std::error_code error;
  const fs::path target = fs::read_symlink(root_ + directory(device), error);
  if (error) return fmt::format("block device {}:{}", major(device), minor(device));
  // In /sys a "/" of the name in /dev is a "!" (cciss!c0d0).
  std::string name = target.filename().string();
  std::replace(name.begin(), name.end(), '!', '/');
  const std::string mapped = line(directory(device) + "/dm/name");
  return "/dev/" + name + (mapped.empty() ? "" : " (" + mapped + ")");
}

std::optional<dev_t> Sysfs::device(const std::string& name) const {
  return number("/sys/class/block/" + name);
}

std::optional<dev_t> Sysfs::whole_disk(dev_t device) const {
  if (line(directory(device) + "/partition").empty()) return std::nullopt;
  return number(directory(device) + "/..");
}

std::vector<dev_t> Sysfs::partitions(dev_t device) const {
  std::vector<dev_t> found;
  for (const std::string& name : names(directory(device))) {
    const std::string below = directory(device) + "/" + name;
    if (line(below + "/partition").empty()) continue;
    if (const auto part = number(below)) found.push_back(*part);
  }
  return found;
}

std::vector<dev_t> Sysfs::linked(const std::string& directory) const {
  std::vector<dev_t> found;
  for (const std::string& name : names(directory))
    if (const auto device = number(fs::path(directory) / name)) found.push_back(*device);
  return found;
}

std::vector<dev_t> Sysfs::holders(dev_t device) const {
  return linked(directory(device) + "/holders");
}

std::vector<dev_t> Sysfs::slaves(dev_t device) const {
  return linked(directory(device) + "/slaves");
}

std::string Sysfs::backing_file(dev_t device) const {
  return line(directory(device) + "/loop/backing_file");
}

bool Sysfs::write_protected(dev_t device) const {
  return line(directory(device) + "/ro") == "1";
}

unsigned long long Sysfs::queue(dev_t device, const std::string& attribute) const {
  const dev_t disk = whole_disk(device).value_or(device);
  return std::strtoull(line(directory(disk) + "/queue/" + attribute).c_str(), nullptr, 10);
}

}  // namespace san
