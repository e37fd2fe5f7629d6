// SPDX-License-Identifier: Apache-2.0
// Documentation/ABI/testing/sysfs-class-net and sysfs-bus-pci of Linux.
#include "flash/live/nic_interface.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "core/error.h"
#include "core/hint_id.h"
#include "system/sysfs.h"

namespace san::flash {
namespace {

namespace fs = std::filesystem;

constexpr const char* kClass = "/sys/class/net/";

/// Returns the name of the target of a link in /sys.
std::string link_name(const fs::path& link) {
  std::error_code error;
  const fs::path target = fs::read_symlink(link, error);
  return error ? std::string() : target.filename().string();
}

std::optional<std::uint16_t> hex_number(const std::string& line) {
  if (!line.starts_with("0x")) return std::nullopt;
  std::uint16_t value = 0;
  const char* const end = line.data() + line.size();
  const auto read = std::from_chars(line.data() + 2, end, value, 16);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

void add_pci(NicInterface& nic, const fs::path& function) {
  const Sysfs tree;
  nic.slot = function.filename().string();
  nic.vendor = hex_number(tree.line((function / "vendor").string()));
  nic.device = hex_number(tree.line((function / "device").string()));
  std::error_code error;
  nic.virtual_function = fs::exists(function / "physfn", error);
  const auto size = fs::file_size(function / "rom", error);
  if (!error)
    nic.rom_bytes = size;
  else if (error == std::errc::no_such_file_or_directory)
    nic.rom_bytes = 0;
}

NicInterface look_at(const std::string& name, const std::string& root) {
  const std::string base = root + kClass + name;
  const Sysfs tree;
  NicInterface nic;
  nic.name = name;
  nic.driver = link_name(base + "/device/driver");
  // All members of a bond have its address; there is no bond yet when the option ROM runs.
  nic.mac = tree.line(base + "/bonding_slave/perm_hwaddr");
  if (nic.mac.empty()) nic.mac = tree.line(base + "/address");
  std::error_code error;
  fs::path device = fs::canonical(base + "/device", error);
  if (error) return nic;
  // A virtio device is the one child of a PCI function; a USB device is not a child of its own one.
  if (link_name(device / "subsystem") == "virtio") device = device.parent_path();
  if (link_name(device / "subsystem") == "pci") add_pci(nic, device);
  return nic;
}

struct Foreign {
  std::string_view driver, cause;
  const char* hint;
  HintId advice = HintId::none;
};

constexpr const char* kElse = "boot by iPXE or by UEFI";
constexpr const char* kPhysical = "name the interface of the physical function";
constexpr const char* kIntelTool = "use Intel's NVM update tool, or devlink dev flash; or boot by iPXE";

constexpr std::array<Foreign, 12> kForeign = {{
    {"i40e", "the driver does not allow single words of the NVM to be written", kIntelTool,
     HintId::export_ipxe},
    {"ice", "the driver does not allow single words of the NVM to be written", kIntelTool,
     HintId::export_ipxe},
    {"igbvf", "it is a virtual function, which has no NVM", kPhysical},
    {"ixgbevf", "it is a virtual function, which has no NVM", kPhysical},
    {"iavf", "it is a virtual function, which has no NVM", kPhysical},
    {"tg3", "no public document describes the boot settings in Broadcom's NVRAM", kElse,
     HintId::boot_otherwise},
    {"bnx2x", "no public document describes the boot settings in its NVRAM", kElse, HintId::boot_otherwise},
    {"bnxt_en", "no public document describes the boot settings in Broadcom's NVRAM", kElse,
     HintId::boot_otherwise},
    {"mlx4_core", "its boot settings are not words of an EEPROM, but belong to the firmware",
     "use mstconfig; or boot by iPXE", HintId::export_ipxe},
    {"mlx5_core", "its boot settings are not words of an EEPROM, but belong to the firmware",
     "use mstconfig; or boot by iPXE", HintId::export_ipxe},
    {"virtio_net", "a virtual NIC has no NVM", kElse, HintId::boot_otherwise},
    {"vmxnet3", "a virtual NIC has no NVM", kElse, HintId::boot_otherwise},
}};

/// Drivers whose EEPROM is the NVM of an Intel NIC, word by word.
constexpr std::array<std::string_view, 5> kIntel = {"e1000", "e1000e", "igb", "igc", "ixgbe"};

}  // namespace

std::string NicInterface::chip() const {
  return slot.substr(0, slot.find('.'));
}

unsigned NicInterface::port() const {
  const std::size_t dot = slot.find('.');
  unsigned function = 0;
  if (dot != std::string::npos)
    std::from_chars(slot.data() + dot + 1, slot.data() + slot.size(), function, 16);
  return function + 1;
}

const NvmFamily* NicInterface::family() const {
  return vendor == 0x8086 && device ? family_of_device(*device) : nullptr;
}

NicLimit nic_limit(const NicInterface& nic) {
  for (const Foreign& foreign : kForeign)
    if (nic.driver == foreign.driver) return {std::string(foreign.cause), Hint(foreign.advice, foreign.hint)};
  if (nic.virtual_function) return {"it is a virtual function, which has no NVM", kPhysical};
  if (nic.driver.empty())
    return {"it has no driver", "load one; an image of its NVM can be worked on as nvm:FILE"};
  if (std::find(kIntel.begin(), kIntel.end(), nic.driver) == kIntel.end() || nic.vendor != 0x8086)
    return {fmt::format("what the driver {} shows is not the NVM of an Intel NIC", nic.driver),
            Hint(HintId::boot_otherwise, kElse)};
  return {};
}

std::vector<NicInterface> find_nics(const std::string& root) {
  std::vector<NicInterface> nics;
  for (const std::string& name : Sysfs(root).names(kClass)) {
    std::error_code error;
    if (fs::exists(fmt::format("{}{}{}/device", root, kClass, name), error))
      nics.push_back(look_at(name, root));
  }
  return nics;
}

NicInterface find_nic(const std::string& name, const std::string& root) {
  const auto names = Sysfs(root).names(kClass);
  const std::string object = "nic:" + name;
  // Directory names, not a path, so that it cannot lead out of /sys/class/net.
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw Error(Exit::usage, object, "this machine has no interface of that name",
                Hint(HintId::list_nics, "see the list of NICs"));
  std::error_code error;
  if (!fs::exists(root + kClass + name + "/device", error))
    throw Error(Exit::usage, object, "is not a NIC, but an interface made by software",
                Hint(HintId::list_nics, "see the list of NICs"));
  return look_at(name, root);
}

}  // namespace san::flash
