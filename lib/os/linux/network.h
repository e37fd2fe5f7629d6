// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "os/linux/linux_system.h"

namespace san::os {

/// One program's configuration of a NIC on the running system.
struct NicSetting {
  std::string manager;    ///< "ifupdown", "NetworkManager", "netplan", "networkd", "ifcfg"
  std::string where;      ///< "/etc/network/interfaces:5"
  std::string interface;  ///< name or pattern; empty for any
  std::string mac;        ///< lower case; empty for any
  enum class Way { leave, dhcp, fixed, other };
  Way way = Way::other;   ///< of IPv4
  std::string address;    ///< with `fixed`: without prefix
  bool automatic = true;  ///< applied when the system starts, or the NIC appears
  bool kept = false;      ///< an existing address and link are left as they are
};

/// Reads the configuration of ifupdown, NetworkManager, netplan, systemd-networkd and network-scripts. Lines
/// that are not understood are skipped; the loopback interface is left out.
std::vector<NicSetting> read_nic_settings(const LinuxSystem& system);

// The parsers, each for one file.
std::vector<NicSetting> parse_interfaces(std::string_view text, const std::string& path);
std::vector<NicSetting> parse_nm_connection(std::string_view text, const std::string& path);
std::vector<NicSetting> parse_networkd(std::string_view text, const std::string& path);
std::vector<NicSetting> parse_netplan(std::string_view text, const std::string& path);
std::vector<NicSetting> parse_ifcfg(std::string_view text, const std::string& path);

}  // namespace san::os
