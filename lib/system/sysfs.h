// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace san {

/// Reads attributes of block devices from /sys. `root` is put in front of every path: empty for this machine,
/// a directory with its own tree in tests. A missing file is not an error: the results are empty.
class Sysfs {
 public:
  explicit Sysfs(std::string root = {}) : root_(std::move(root)) {}

  /// Returns the first line of ROOT/`path` without its line feed; empty if it cannot be read.
  std::string line(const std::string& path) const;
  /// Returns the content of ROOT/`path`; empty if it cannot be read.
  std::string text(const std::string& path) const;
  /// Returns the names in the directory ROOT/`path`, sorted.
  std::vector<std::string> names(const std::string& path) const;

  /// Returns the name of a block device: "/dev/sda1", "/dev/dm-0 (vg-root)", or "block device 8:1" if /sys
  /// does not list it.
  std::string name(dev_t device) const;
  /// Finds the block device with the kernel name `name` ("sda1").
  std::optional<dev_t> device(const std::string& name) const;
  /// Finds the disk of the partition `device`. Returns nothing if `device` is not a partition.
  std::optional<dev_t> whole_disk(dev_t device) const;
  /// Lists the partitions of the disk `device`.
  std::vector<dev_t> partitions(dev_t device) const;
  /// Lists the device-mapper, MD and similar devices directly on top of `device`.
  std::vector<dev_t> holders(dev_t device) const;
  /// Lists the devices directly beneath `device`, if it is a device-mapper, MD or similar device.
  std::vector<dev_t> slaves(dev_t device) const;
  /// Returns the file that the loop device `device` is attached to; empty for all other devices.
  std::string backing_file(dev_t device) const;
  /// True if the kernel rejects writes to `device`.
  bool write_protected(dev_t device) const;
  /// Returns a value of the request queue of `device` or of its disk, such as "discard_max_bytes"; 0 if it
  /// has none.
  unsigned long long queue(dev_t device, const std::string& attribute) const;

 private:
  std::string directory(dev_t device) const;
  std::vector<dev_t> linked(const std::string& directory) const;
  std::optional<dev_t> number(const std::string& directory) const;

  std::string root_;
};

}  // namespace san
