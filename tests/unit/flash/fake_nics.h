// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "flash/live/ethtool.h"
#include "flash/live/nic_flash.h"
#include "flash/test_images.h"

/// A NIC behind the ethtool ioctls that behaves well, or badly in one way.
class FakeEthtool final : public san::flash::Ethtool {
 public:
  explicit FakeEthtool(san::flash::NvmImage content) : image(std::move(content)) {}

  san::flash::DriverAnswer driver(const std::string& interface) override {
    if (driver_error != 0) return {driver_error, {}, {}, 0};
    return {0, "igb", interface, static_cast<std::uint32_t>(image.bytes().size())};
  }

  san::flash::EepromAnswer read(const std::string&, std::uint32_t offset, std::uint32_t length) override {
    if (read_error != 0 && writes.size() >= read_error_after) return {read_error, 0, {}};
    const auto part = image.bytes().subspan(offset, length - short_by);
    return {0, magic, {part.begin(), part.end()}};
  }

  int write(const std::string&, std::uint32_t said, std::uint32_t offset,
            std::span<const std::byte> bytes) override {
    if (said != magic) return EFAULT;
    if (write_error != 0 && writes.size() >= write_error_after) return write_error;
    writes.emplace_back(offset / 2, bytes.size() / 2);
    if (ignores) return 0;
    if (!(offset / 2 == stuck && bytes.size() == 2))
      std::copy(bytes.begin(), bytes.end(), image.bytes().begin() + offset);
    if (mends) seal(image);
    if (afterwards) afterwards(image);
    return 0;
  }

  san::flash::NvmImage image;
  std::uint32_t magic = 0x15338086;
  std::vector<std::pair<std::size_t, std::size_t>> writes;  ///< first word and number of words
  std::size_t write_error_after = 0, read_error_after = 0;  ///< so many writes
  int driver_error = 0, read_error = 0, write_error = 0;
  std::uint32_t short_by = 0;
  std::size_t stuck = 0x10000;                            ///< a word that keeps what it has
  std::function<void(san::flash::NvmImage&)> afterwards;  ///< what else the driver does with each write
  bool ignores = false;
  bool mends = true;  ///< the driver sets the checksum itself
};

/// A tree like /sys, and the directories beside it.
class FakeMachine {
 public:
  FakeMachine() {
    if (mkdtemp(path.data()) == nullptr) std::abort();
    std::filesystem::create_directories(path + "/sys/class/net");
    std::filesystem::create_directories(path + "/sys/bus/pci/drivers");
    std::filesystem::create_directories(path + "/sys/bus/virtio/drivers");
  }
  ~FakeMachine() { std::filesystem::remove_all(path); }
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;

  void put(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path + file).parent_path());
    std::ofstream(path + file) << text << '\n';
  }
  void link(const std::string& target, const std::string& file) const {
    std::filesystem::create_directories(std::filesystem::path(path + file).parent_path());
    std::filesystem::create_symlink(path + target, path + file);
  }

  /// A PCI function with a driver, and its interface.
  void add(const std::string& interface, const std::string& slot, const std::string& vendor,
           const std::string& device, const std::string& driver) const {
    const std::string function = "/sys/devices/pci0000:00/" + slot;
    put(function + "/vendor", vendor);
    put(function + "/device", device);
    link("/sys/bus/pci", function + "/subsystem");
    link("/sys/bus/pci/drivers/" + driver, function + "/driver");
    put(function + "/net/" + interface + "/address", "52:54:00:12:34:56");
    link(function, function + "/net/" + interface + "/device");
    link(function + "/net/" + interface, "/sys/class/net/" + interface);
  }
  /// An interface that is no device.
  void add_virtual(const std::string& interface) const {
    put("/sys/devices/virtual/net/" + interface + "/address", "00:00:00:00:00:00");
    link("/sys/devices/virtual/net/" + interface, "/sys/class/net/" + interface);
  }

  san::flash::NicMachine machine(std::shared_ptr<san::flash::Ethtool> ethtool) const {
    return {std::move(ethtool), path, path + "/run", path + "/backups"};
  }

  std::string path = "/tmp/sanboot-nics.XXXXXX";
};
