// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/boot_nic.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "core/error.h"
#include "system/sysfs.h"

namespace san::preflight {
namespace {

/// Up to four hexadecimal digits, perhaps with "0x" before them, as /sys and lspci -n write ids.
std::optional<std::uint16_t> parse_id(std::string text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.erase(0, 2);
  std::uint16_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || text.size() > 4 || error != std::errc() || last != end) return std::nullopt;
  return value;
}

/// Names of modules and interfaces: nothing that leads out of a directory.
bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                  c == '_' || c == '.' || c == '@';
         });
}

BootNic of_interface(const std::string& name, const std::string& root) {
  const Sysfs sysfs(root);
  const std::string directory = "/sys/class/net/" + name;
  BootNic nic;
  nic.interface = name;
  nic.mac = sysfs.line(directory + "/address");
  nic.vendor = parse_id(sysfs.line(directory + "/device/vendor"));
  nic.device = parse_id(sysfs.line(directory + "/device/device"));
  // For a virtio NIC these are the ids of virtio; those of the PCI function are one level up.
  if (!sysfs.line(directory + "/device/../vendor").empty() && nic.vendor == 0x1AF4) {
    nic.vendor = parse_id(sysfs.line(directory + "/device/../vendor"));
    nic.device = parse_id(sysfs.line(directory + "/device/../device"));
  }
  std::error_code failed;
  const auto driver = std::filesystem::read_symlink(root + directory + "/device/driver", failed);
  if (!failed) nic.driver = driver.filename().string();
  return nic;
}

}  // namespace

BootNic named_nic(const std::string& text, const std::string& root) {
  const std::string top = root == "/" ? "" : root;
  BootNic nic;
  if (const auto colon = text.find(':'); colon != std::string::npos) {
    nic.vendor = parse_id(text.substr(0, colon));
    nic.device = parse_id(text.substr(colon + 1));
    if (!nic.vendor || !nic.device)
      throw Error(Exit::usage, setting("nic") + " " + text, "is not VENDOR:DEVICE",
                  "four hexadecimal digits each, as lspci -nn prints them: 8086:100e");
  } else if (!is_name(text)) {
    throw Error(Exit::usage, setting("nic") + " " + text, "is neither an interface nor the name of a driver",
                "say VENDOR:DEVICE, as lspci -nn prints it, or the driver: e1000e");
  } else if (std::filesystem::exists(top + "/sys/class/net/" + text)) {
    nic = of_interface(text, top);
    if (!nic.known())
      throw Error(Exit::usage, setting("nic") + " " + text, "is an interface without hardware of its own",
                  "name the NIC that the firmware boots from: ls -d /sys/class/net/*/device");
  } else {
    nic.driver = text;
  }
  return nic;
}

}  // namespace san::preflight
