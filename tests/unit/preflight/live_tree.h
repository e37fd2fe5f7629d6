// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "temp_dir.h"

/// A made-up /proc and /sys.
class LiveTree {
 public:
  std::string root() const { return (dir_ / "root"); }

  LiveTree& file(const std::string& path, const std::string& content) {
    std::filesystem::create_directories(std::filesystem::path(root() + path).parent_path());
    std::ofstream(root() + path, std::ios::binary) << content;
    return *this;
  }
  /// A symbolic link at `path` to `target`, which begins at the root and is made relative.
  LiveTree& link(const std::string& path, const std::string& target) {
    namespace fs = std::filesystem;
    const fs::path at = root() + path;
    fs::create_directories(at.parent_path());
    fs::create_directories(root() + target);
    fs::create_symlink(fs::relative(root() + target, at.parent_path()), at);
    return *this;
  }
  /// A disk in /sys, at `directory` ("/devices/…/block/sda"), with partitions 1 to `partitions`.
  LiveTree& disk(const std::string& directory, const std::string& number, unsigned partitions = 0) {
    const std::string name = std::filesystem::path(directory).filename().string();
    const std::string major = number.substr(0, number.find(':'));
    const unsigned minor = static_cast<unsigned>(std::stoul(number.substr(number.find(':') + 1)));
    block(directory, number);
    for (unsigned i = 1; i <= partitions; ++i) {
      const std::string part = directory + "/" + name + std::to_string(i);
      block(part, major + ":" + std::to_string(minor + i));
      file("/sys" + part + "/partition", std::to_string(i) + "\n");
    }
    // /devices/…/2:0:0:1/block/sda hangs on /devices/…/2:0:0:1.
    const auto block_directory = std::filesystem::path(directory).parent_path();
    if (block_directory.parent_path().filename() != "virtual")
      link("/sys" + directory + "/device", "/sys" + block_directory.parent_path().string());
    return *this;
  }
  /// The device-mapper device `number` over others.
  LiveTree& mapped(const std::string& name, const std::string& number, const std::string& slave) {
    const std::string directory = "/devices/virtual/block/" + name;
    block(directory, number);
    return link("/sys" + directory + "/slaves/" + std::filesystem::path(slave).filename().string(),
                "/sys" + slave);
  }
  /// A session of the kernel with one connection.
  LiveTree& session(const std::string& name, const std::string& target, const std::string& address) {
    const std::string directory = "/devices/platform/host2/" + name + "/iscsi_session/" + name;
    link("/sys/class/iscsi_session/" + name, "/sys" + directory);
    file("/sys" + directory + "/targetname", target + "\n");
    file("/sys" + directory + "/initiatorname", "iqn.2026-11.org.example:host1\n");
    file("/sys" + directory + "/recovery_tmo", "120\n");
    file("/sys" + directory + "/state", "LOGGED_IN\n");
    const std::string connection = "/sys/class/iscsi_connection/connection" + name.substr(7) + ":0";
    file(connection + "/persistent_address", address + "\n");
    return file(connection + "/persistent_port", "3260\n");
  }
  /// A PCI NIC.
  LiveTree& nic(const std::string& name, const std::string& mac, const std::string& driver) {
    const std::string device = "/devices/pci0000:00/0000:00:03.0";
    const std::string directory = "/sys" + device + "/net/" + name;
    file("/sys" + device + "/vendor", "0x8086\n").file("/sys" + device + "/device", "0x100e\n");
    if (!std::filesystem::exists(root() + "/sys" + device + "/driver"))
      link("/sys" + device + "/driver", "/sys/bus/pci/drivers/" + driver);
    link("/sys/class/net/" + name, directory);
    link(directory + "/device", "/sys" + device);
    return file(directory + "/address", mac + "\n")
        .file(directory + "/type", "1\n")
        .file(directory + "/mtu", "1500\n")
        .file(directory + "/carrier", "1\n")
        .file(directory + "/uevent", "INTERFACE=" + name + "\n");
  }

  const TempDir& dir() const { return dir_; }

 private:
  void block(const std::string& directory, const std::string& number) {
    const std::string name = std::filesystem::path(directory).filename().string();
    file("/sys" + directory + "/dev", number + "\n");
    link("/sys/dev/block/" + number, "/sys" + directory);
    link("/sys/class/block/" + name, "/sys" + directory);
  }

  TempDir dir_;
};

inline const std::string kLocalDisk =
    "/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda";
inline const std::string kLunDisk = "/devices/platform/host2/session1/target2:0:0/2:0:0:1/block/sdb";
