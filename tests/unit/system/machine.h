// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>

#include "temp_dir.h"

/// What a shell command prints on stdout, without the last line feed; `status` is its exit status.
inline std::string output_of(const std::string& command, int& status) {
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  status = pclose(pipe);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

inline bool run(const std::string& command) {
  int status = 0;
  output_of(command + " 2>&1", status);
  return status == 0;
}

/// Whether a shell finds `program`.
inline bool have(const std::string& program) {
  return run("command -v " + program);
}

/// A file attached to a loop device, with the file's path and `options` of losetup. Empty where that cannot
/// be done here; it has then said why.
class LoopDevice {
 public:
  explicit LoopDevice(const std::string& file, const std::string& options = {}) {
    if (geteuid() != 0 || !have("losetup")) {
      MESSAGE("skipped: needs root and losetup");
      return;
    }
    int status = 0;
    path_ = output_of("losetup --find --show " + options + " " + file + " 2>/dev/null", status);
    if (status == 0) return;
    MESSAGE("skipped: losetup cannot attach a file here");
    path_.clear();
  }
  ~LoopDevice() {
    if (path_.empty()) return;
    run("partx -d " + path_);
    for (int i = 0; i < partitions_; ++i) std::filesystem::remove(nodes_ + std::to_string(i + 1));
    run("losetup --detach " + path_);
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;

  explicit operator bool() const { return !path_.empty(); }
  const std::string& path() const { return path_; }
  /// "loop0".
  std::string kernel_name() const { return path_.substr(5); }

  /// Adds a partition, in 512-byte blocks, without any table on the disk; the path of its node, made in
  /// `place` since there may be no udev. Empty, having said why, where that cannot be done.
  std::string add_partition(const TempDir& place, int start, int length) {
    ++partitions_;
    const std::string number = std::to_string(partitions_), part = kernel_name() + "p" + number;
    std::ifstream dev;
    if (run("addpart " + path_ + " " + number + " " + std::to_string(start) + " " + std::to_string(length)))
      dev.open("/sys/block/" + kernel_name() + "/" + part + "/dev");
    unsigned high = 0, low = 0;
    char colon = 0;
    nodes_ = place / (kernel_name() + "p");
    const std::string node = place / part;
    if (dev >> high >> colon >> low &&
        run("mknod " + node + " b " + std::to_string(high) + " " + std::to_string(low)))
      return node;
    MESSAGE("skipped: loop devices have no partitions here");
    return {};
  }

 private:
  std::string path_, nodes_;
  int partitions_ = 0;
};

/// A mount, as long as it lives. Empty, having said why, where that cannot be done.
class Mounted {
 public:
  Mounted(const std::string& source, const std::string& point, const std::string& type,
          unsigned long flags = 0, const std::string& data = {}) {
    std::filesystem::create_directories(point);
    if (mount(source.c_str(), point.c_str(), type.c_str(), flags, data.c_str()) == 0)
      point_ = point;
    else
      MESSAGE("skipped: cannot mount " << type << " here");
  }
  ~Mounted() {
    if (!point_.empty()) umount2(point_.c_str(), MNT_DETACH);
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;

  explicit operator bool() const { return !point_.empty(); }

 private:
  std::string point_;
};
