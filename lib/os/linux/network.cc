// SPDX-License-Identifier: Apache-2.0
#include "os/linux/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

#include "core/ascii.h"
#include "os/linux/text.h"

namespace san::os {
namespace {

using Way = NicSetting::Way;

NicSetting setting_of(std::string manager, std::string where) {
  NicSetting setting;
  setting.manager = std::move(manager);
  setting.where = std::move(where);
  return setting;
}

std::string without_prefix(const std::string& address) {
  return address.substr(0, address.find_first_of("/,"));
}

bool yes(const std::string& text) {
  const auto value = to_lower(text);
  return value == "yes" || value == "true" || value == "1" || value == "on" || value == "ipv4" ||
         value == "both";
}

Way method_of(const std::string& method) {
  if (method == "dhcp") return Way::dhcp;
  if (method == "static") return Way::fixed;
  if (method == "manual") return Way::leave;
  return Way::other;
}

/// Splits "key: value" of a line of YAML, without quotes; a list item has no key.
std::pair<std::string, std::string> yaml_pair(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  auto value = without_blanks(line.substr(colon + 1));
  if (const auto comment = value.find(" #"); comment != std::string_view::npos)
    value = without_blanks(value.substr(0, comment));
  const auto unquoted = [](std::string_view text) {
    if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
      text = text.substr(1, text.size() - 2);
    return std::string(text);
  };
  return {unquoted(without_blanks(line.substr(0, colon))), unquoted(value)};
}

/// Reader for netplan-yaml(5): the devices below "ethernets:", by the indentation of their lines. YAML's flow
/// style, on one line in braces, is not understood.
class NetplanReader {
 public:
  explicit NetplanReader(const std::string& path) : path_(path) {}

  void line(std::string_view whole, unsigned number) {
    const auto text = without_blanks(whole);
    if (text.empty() || text.front() == '#') return;
    const auto depth = whole.find_first_not_of(' ');
    const auto [key, value] = yaml_pair(text);
    if (key == "ethernets") {
      ethernets_ = depth;
      device_ = kNone;
    } else if (ethernets_ != kNone && depth <= ethernets_) {
      ethernets_ = kNone;
    } else if (ethernets_ != kNone && (device_ == kNone || depth <= device_)) {
      device_ = depth;
      in_addresses_ = false;
      settings_.push_back(setting_of("netplan", fmt::format("{}:{}", path_, number)));
      settings_.back().interface = key;
      settings_.back().way = Way::leave;
    } else if (ethernets_ != kNone && text.front() == '-') {
      item(yaml_pair("x: " + std::string(without_blanks(text.substr(1)))).second);
    } else if (ethernets_ != kNone) {
      property(settings_.back(), key, value);
    }
  }

  std::vector<NicSetting> settings() { return std::move(settings_); }

 private:
  static constexpr std::size_t kNone = std::string::npos;

  void item(const std::string& value) {
    if (!in_addresses_ || value.find(':') != std::string::npos) return;
    settings_.back().way = Way::fixed;
    settings_.back().address = without_prefix(value);
  }

  void property(NicSetting& setting, const std::string& key, const std::string& value) {
    in_addresses_ = key == "addresses";
    if (in_addresses_ && value.starts_with('[')) {
      setting.way = Way::fixed;
      setting.address = without_prefix(std::string(without_blanks(std::string_view(value).substr(1))));
    }
    if (key == "dhcp4" && yes(value)) setting.way = Way::dhcp;
    if (key == "critical" && yes(value)) setting.kept = true;
    if (key == "macaddress") setting.mac = to_lower(value);
    // With "match:" the key of the device is only a label.
    if (key == "match") setting.interface.clear();
    if (key == "name" && setting.interface.empty()) setting.interface = value;
  }

  const std::string& path_;
  std::size_t ethernets_ = kNone, device_ = kNone;
  bool in_addresses_ = false;
  std::vector<NicSetting> settings_;
};

}  // namespace

/// interfaces(5).
std::vector<NicSetting> parse_interfaces(std::string_view text, const std::string& path) {
  std::vector<NicSetting> settings;
  std::set<std::string> automatic;
  NicSetting* current = nullptr;
  for (const auto& [number, line] : config_lines(text)) {
    const auto words = blank_separated(line);
    if (words[0] == "auto" || words[0].starts_with("allow-")) {
      automatic.insert(words.begin() + 1, words.end());
      current = nullptr;
    } else if (words[0] == "iface" && words.size() >= 2) {
      current = nullptr;
      if (words[1] == "lo" || (words.size() > 2 && words[2] != "inet")) continue;
      settings.push_back(setting_of("ifupdown", fmt::format("{}:{}", path, number)));
      settings.back().interface = words[1];
      settings.back().way = words.size() > 3 ? method_of(words[3]) : Way::other;
      current = &settings.back();
    } else if (current != nullptr && words[0] == "address" && words.size() > 1) {
      current->address = without_prefix(words[1]);
    }
  }
  for (auto& setting : settings) setting.automatic = automatic.contains(setting.interface);
  return settings;
}

/// Format: nm-settings-keyfile(5).
std::vector<NicSetting> parse_nm_connection(std::string_view text, const std::string& path) {
  auto setting = setting_of("NetworkManager", path);
  bool ethernet = true;
  // NetworkManager leaves a NIC alone that is configured when it starts, unless its configuration forbids
  // that.
  setting.kept = true;
  for (const auto& [number, section, key, value] : ini_values(text)) {
    const bool wired = section == "ethernet" || section == "802-3-ethernet";
    if (section == "connection" && key == "type") ethernet = value == "ethernet" || value == "802-3-ethernet";
    if (section == "connection" && key == "interface-name") setting.interface = value;
    if (section == "connection" && key == "autoconnect") setting.automatic = yes(value);
    if (wired && key == "mac-address") setting.mac = to_lower(value);
    if (section != "ipv4") continue;
    if (key == "method")
      setting.way = value == "auto" ? Way::dhcp : value == "manual" ? Way::fixed : Way::leave;
    if (key == "address1" || key == "addresses" || key == "address") setting.address = without_prefix(value);
  }
  if (!ethernet) return {};
  return {setting};
}

/// Format: systemd.network(5).
std::vector<NicSetting> parse_networkd(std::string_view text, const std::string& path) {
  auto setting = setting_of("networkd", path);
  setting.way = Way::leave;
  for (const auto& [number, section, key, value] : ini_values(text)) {
    if (section == "Match" && key == "Name") setting.interface = value;
    if (section == "Match" && (key == "MACAddress" || key == "PermanentMACAddress"))
      setting.mac = to_lower(value);
    if (section == "Match" && (key == "Type" || key == "Kind") && value != "ether") return {};
    if (section == "Link" && key == "Unmanaged" && yes(value)) setting.automatic = false;
    if (section == "Network" && key == "KeepConfiguration") setting.kept = value != "no" && value != "false";
    if (section == "Network" && key == "DHCP" && yes(value)) setting.way = Way::dhcp;
    if ((section == "Network" || section == "Address") && key == "Address" &&
        value.find(':') == std::string::npos) {
      setting.way = Way::fixed;
      setting.address = without_prefix(value);
    }
  }
  if (setting.interface == "lo") return {};
  return {setting};
}

std::vector<NicSetting> parse_netplan(std::string_view text, const std::string& path) {
  NetplanReader reader(path);
  unsigned number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end), ++number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.settings();
}

/// The network-scripts of Red Hat, and wicked's files of the same name.
std::vector<NicSetting> parse_ifcfg(std::string_view text, const std::string& path) {
  auto values = assignments(text);
  auto setting = setting_of("ifcfg", path);
  setting.interface = values["DEVICE"].value;
  setting.mac = to_lower(values["HWADDR"].value);
  const auto protocol = to_lower(values["BOOTPROTO"].value);
  setting.address = without_prefix(values["IPADDR"].value);
  setting.way = protocol.starts_with("dhcp") ? Way::dhcp : !setting.address.empty() ? Way::fixed : Way::leave;
  const auto start = to_lower(values["ONBOOT"].value + values["STARTMODE"].value);
  setting.automatic = yes(start) || start == "auto" || start == "nfsroot" || start == "hotplug";
  setting.kept = true;  // read by NetworkManager, or by wicked with its own care for such NICs
  if (setting.interface == "lo" || path.ends_with("/ifcfg-lo")) return {};
  return {setting};
}

std::vector<NicSetting> read_nic_settings(const LinuxSystem& system) {
  using Parser = std::function<std::vector<NicSetting>(std::string_view, const std::string&)>;
  auto& tree = *system.tree;
  std::vector<NicSetting> all;
  const auto file = [&](const std::string& path, const Parser& parse) {
    if (const auto text = tree.text(path))
      for (auto& setting : parse(*text, path)) all.push_back(std::move(setting));
  };
  const auto directory = [&](const std::string& path, std::string_view start, std::string_view end,
                             const Parser& parse) {
    for (const auto& [name, kind] : tree.list(path))
      if (name.starts_with(start) && name.ends_with(end)) file(fmt::format("{}/{}", path, name), parse);
  };
  file("/etc/network/interfaces", parse_interfaces);
  directory("/etc/network/interfaces.d", "", "", parse_interfaces);
  directory("/etc/NetworkManager/system-connections", "", "", parse_nm_connection);
  directory("/etc/systemd/network", "", ".network", parse_networkd);
  directory("/etc/netplan", "", ".yaml", parse_netplan);
  directory("/etc/sysconfig/network-scripts", "ifcfg-", "", parse_ifcfg);
  directory("/etc/sysconfig/network", "ifcfg-", "", parse_ifcfg);
  return all;
}

}  // namespace san::os
