// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "preflight/facts/machine_facts.h"
#include "system/sysfs.h"

namespace san::preflight {
namespace {

namespace fs = std::filesystem;

std::optional<unsigned> number(const std::string& text, int base = 10) {
  const std::size_t skip = base == 16 && text.starts_with("0x") ? 2 : 0;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data() + skip, text.data() + text.size(), value, base);
  if (text.size() == skip || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> pci_id(const std::string& text) {
  const auto value = number(text, 16);
  return value && *value <= 0xFFFF ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
}

class NetReader {
 public:
  explicit NetReader(const std::string& root) : root_(root), files_(root) {}

  LiveNic read(const std::string& name) const {
    const std::string directory = "/sys/class/net/" + name;
    LiveNic nic;
    nic.name = name;
    nic.mac = files_.line(directory + "/bonding_slave/perm_hwaddr");
    if (nic.mac.empty()) nic.mac = files_.line(directory + "/address");
    nic.mtu = number(files_.line(directory + "/mtu"));
    if (const std::string carrier = files_.line(directory + "/carrier"); !carrier.empty())
      nic.link = carrier == "1";
    nic.link_losses = number(files_.line(directory + "/carrier_down_count"));
    nic.master = link_name(directory + "/master");
    nic.driver = link_name(directory + "/device/driver");
    read_ids(directory, nic);
    nic.kind = kind(directory);
    if (nic.kind == LiveNic::Kind::vlan) read_vlan(nic);
    return nic;
  }

 private:
  bool is_there(const std::string& path) const {
    std::error_code failed;
    return fs::exists(root_ + path, failed);
  }

  /// Returns the last component of a link's target; empty if it is no link.
  std::string link_name(const std::string& path) const {
    std::error_code failed;
    const fs::path target = fs::read_symlink(root_ + path, failed);
    return failed ? std::string() : target.filename().string();
  }

  /// Reads the ids of the PCI function, which for a virtio NIC is the parent device.
  void read_ids(const std::string& directory, LiveNic& nic) const {
    std::error_code failed;
    fs::path device = fs::canonical(root_ + directory + "/device", failed);
    if (failed) return;
    if (link_name(directory + "/device/subsystem") == "virtio") device = device.parent_path();
    const Sysfs above(device.string());
    nic.vendor = pci_id(above.line("/vendor"));
    nic.device = pci_id(above.line("/device"));
  }

  LiveNic::Kind kind(const std::string& directory) const {
    using Kind = LiveNic::Kind;
    const std::string uevent = files_.text(directory + "/uevent");
    const auto type_is = [&uevent](const char* type) {
      return uevent.find(std::string("DEVTYPE=") + type) != std::string::npos;
    };
    if (type_is("wlan") || is_there(directory + "/wireless") || is_there(directory + "/phy80211"))
      return Kind::wireless;
    if (type_is("bond") || is_there(directory + "/bonding")) return Kind::bond;
    if (type_is("bridge") || is_there(directory + "/bridge")) return Kind::bridge;
    if (type_is("vlan")) return Kind::vlan;
    std::error_code failed;
    const std::string device = fs::canonical(root_ + directory + "/device", failed).string();
    if (failed) return Kind::other;
    if (link_name(directory + "/device/subsystem") == "usb" || device.find("/usb") != std::string::npos)
      return Kind::usb;
    // ARPHRD_ETHER; 32 would be InfiniBand, for example.
    return files_.line(directory + "/type") == "1" ? Kind::ethernet : Kind::other;
  }

  /// /proc/net/vlan/NAME: "eth0.7  VID: 7 …" and "Device: eth0".
  void read_vlan(LiveNic& nic) const {
    std::istringstream text(files_.text("/proc/net/vlan/" + nic.name));
    for (std::string word; text >> word;) {
      unsigned id = 0;
      if (word == "VID:" && text >> id && id < 4096) nic.vlan = static_cast<std::uint16_t>(id);
      if (word == "Device:") text >> nic.below;
    }
  }

  const std::string root_;
  const Sysfs files_;
};

}  // namespace

std::vector<LiveNic> read_nics(const std::string& root) {
  const NetReader reader(root);
  std::vector<LiveNic> nics;
  for (const std::string& name : Sysfs(root).names("/sys/class/net"))
    if (name != "lo" && name != "bonding_masters") nics.push_back(reader.read(name));
  return nics;
}

}  // namespace san::preflight
