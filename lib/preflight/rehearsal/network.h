// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"

namespace san::preflight {

/// The virtual network of a rehearsal: QEMU's user-mode network, in which one address is the host's own
/// (QEMU, "Using the user mode network stack"). Connections of the machine to other addresses are made by
/// QEMU, in a network namespace that has nothing but these addresses and the rehearsal's target.
struct RehearsalNetwork {
  std::string net = "10.0.2.0/24";
  std::string host = "10.0.2.2";    ///< QEMU's own address: the portal, or the gateway to it
  std::string dns = "10.0.2.3";     ///< no host answers at this address
  std::string guest = "10.0.2.15";  ///< first address that QEMU's DHCP server assigns
  std::string portal;  ///< address that the namespace must have for the target; empty if it is `host`
};

/// Returns the network in which the machine of `profile` finds its first portal at the address in the
/// profile. If that is impossible (IPv6, a name, a VLAN, a portal on loopback), `profile` is changed, and
/// `notes` says how.
RehearsalNetwork rehearsal_network(boot::BootProfile& profile, std::vector<std::string>& notes);

}  // namespace san::preflight
