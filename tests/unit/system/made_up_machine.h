// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/sysmacros.h>

#include "system/machine.h"
#include "system/mount/in_use.h"

namespace fs = std::filesystem;

/// A machine in a directory. Device numbers are of its own; nodes for them are made where a test needs them.
class Machine {
 public:
  Machine() {
    fs::create_directories(dir / "sys/dev/block");
    fs::create_directories(dir / "sys/class/block");
    fs::create_directories(dir / "sys/block");
    fs::create_directories(dir / "proc/self");
    write("proc/self/mountinfo", "900022 27 0:21 / /proc rw,relatime - proc proc rw\n");
    write("proc/swaps", "Filename Type Size Used Priority\n");
  }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(dir / path, std::ios::app) << text;
  }
  void add_disk(const std::string& name, unsigned major, unsigned minor) const {
    add("devices/" + name, name, major, minor);
    fs::create_directory_symlink(dir / ("sys/devices/" + name), dir / ("sys/block/" + name));
    fs::create_directories(dir / ("sys/devices/" + name + "/queue"));
  }
  void add_partition(const std::string& disk, const std::string& name, unsigned major, unsigned minor) const {
    add("devices/" + disk + "/" + name, name, major, minor);
    write("sys/devices/" + disk + "/" + name + "/partition", "1\n");
  }
  /// `upper` lies on `lower`, which is given as its path below /sys/devices.
  void hold(const std::string& lower, const std::string& upper) const {
    fs::create_directory_symlink(dir / ("sys/devices/" + upper),
                                 dir / ("sys/devices/" + lower + "/holders/" + upper));
  }
  void mount(const std::string& number, const std::string& point, const std::string& mode,
             const std::string& type = "ext4", const std::string& source = "/dev/x") const {
    write("proc/self/mountinfo",
          fmt::format("900030 1 {} / {} rw - {} {} {}\n", number, point, type, source, mode));
  }
  san::Sysfs sysfs() const { return san::Sysfs(dir.path()); }
  std::string uses(unsigned major, unsigned minor) const {
    return san::describe(san::block_device_uses(makedev(major, minor), sysfs()));
  }
  bool writes(unsigned major, unsigned minor) const {
    for (const san::Use& use : san::block_device_uses(makedev(major, minor), sysfs()))
      if (use.writes) return true;
    return false;
  }

  const TempDir dir;

 private:
  void add(const std::string& place, const std::string& name, unsigned major, unsigned minor) const {
    fs::create_directories(dir / ("sys/" + place + "/holders"));
    write("sys/" + place + "/dev", fmt::format("{}:{}\n", major, minor));
    fs::create_directory_symlink(dir / ("sys/" + place),
                                 dir / fmt::format("sys/dev/block/{}:{}", major, minor));
    fs::create_directory_symlink(dir / ("sys/" + place), dir / ("sys/class/block/" + name));
  }
};

/// sda with two partitions, sdb with none.
struct TwoDisks : Machine {
  TwoDisks() {
    add_disk("sda", 8, 0);
    add_partition("sda", "sda1", 8, 1);
    add_partition("sda", "sda2", 8, 2);
    add_disk("sdb", 8, 16);
  }
};
