// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace san {

/// What /sys tells of block devices. `root` stands before every path: empty for this machine, a directory
/// with a tree of its own in tests. What is not there is not an error: the answers are empty.
class Sysfs {
 public:
  explicit Sysfs(std::string root = {}) : root_(std::move(root)) {}

  /// The first line of ROOT/`path`, without its line feed; empty where it cannot be read.
  std::string line(const std::string& path) const;
  /// The whole of ROOT/`path`; empty where it cannot be read.
  std::string text(const std::string& path) const;
  /// The names in the directory ROOT/`path`, sorted.
  std::vector<std::string> names(const std::string& path) const;

  /// "/dev/sda1", "/dev/dm-0 (vg-root)"; "block device 8:1" where /sys does not know it.
  std::string name(dev_t device) const;
  /// The block device whose kernel name is `name` ("sda1").
  std::optional<dev_t> device(const std::string& name) const;
  /// The disk that `device` is a partition of.
  std::optional<dev_t> whole_disk(dev_t device) const;
  /// The partitions of the disk `device`.
  std::vector<dev_t> partitions(dev_t device) const;
  /// The device-mapper, MD and similar devices that lie directly on `device`.
  std::vector<dev_t> holders(dev_t device) const;
  /// The devices that `device` directly lies on, if it is one of those.
  std::vector<dev_t> slaves(dev_t device) const;
  /// The file that the loop device `device` is attached to; empty for all others.
  std::string backing_file(dev_t device) const;
  /// Whether the kernel takes no writes to `device`.
  bool write_protected(dev_t device) const;
  /// A value of the request queue of `device` or of its disk, such as "discard_max_bytes"; 0 if it has none.
  unsigned long long queue(dev_t device, const std::string& attribute) const;

 private:
  std::string directory(dev_t device) const;
  std::vector<dev_t> linked(const std::string& directory) const;
  std::optional<dev_t> number(const std::string& directory) const;

  std::string root_;
};

}  // namespace san
