// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"

namespace san::preflight {

/// The network that a rehearsal makes up around the machine: QEMU's user-mode network, in which one address
/// is the host's own (QEMU, "Using the user mode network stack"). What the machine calls at other addresses
/// is called by QEMU, in a network namespace that has nothing but these and the rehearsal's target.
struct RehearsalNetwork {
  std::string net = "10.0.2.0/24";
  std::string host = "10.0.2.2";    ///< where QEMU answers: the portal, or the way to it
  std::string dns = "10.0.2.3";     ///< nobody answers there
  std::string guest = "10.0.2.15";  ///< the first address that its DHCP server gives
  std::string portal;  ///< an address that the namespace must have for the target; empty where `host` is it
};

/// The network in which the machine of `profile` finds its first portal at the very address that the profile
/// says. Where that cannot be done (IPv6, a name, a VLAN, a portal on loopback), `profile` is changed, and
/// `notes` says what.
RehearsalNetwork rehearsal_network(boot::BootProfile& profile, std::vector<std::string>& notes);

}  // namespace san::preflight
