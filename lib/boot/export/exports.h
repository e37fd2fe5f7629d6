// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

// Exports of a boot profile to other programs' formats. Each throws Error(usage) that names, with the
// numbers, the part of the profile that its format cannot carry. Texts that contain secrets begin with a line
// that says so, and belong in files of mode 0600.

/// Returns a script for iPXE: it finds the NIC by its MAC address, sets up the network, sets the credentials,
/// and boots; two portals are two paths of one disk. On failure it returns to the firmware's boot order.
std::string ipxe_script(const BootProfile& profile, const iscsi::Credentials& auth);

/// Returns lines for dnsmasq.conf, for this machine only: address or none, host name (option 12), root path
/// (17), initiator name (203), iPXE's user and secrets (175), and for the adapters of Broadcom, QLogic and
/// Marvell, which identify themselves by their vendor class, both portals (43).
std::string dnsmasq_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// Returns declarations for ISC dhcpd with the options of dnsmasq_fragment(): option declarations, which must
/// be outside of every subnet, and a host.
std::string dhcpd_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// Returns JSON for Kea's kea-dhcp4 with the options of dnsmasq_fragment(): definitions, a class for option
/// 43 and a global reservation, to be merged into the existing configuration.
std::string kea_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// Returns settings of FlexBoot, the BIOS ROM of Mellanox NICs, as the raw file of mlxconfig and mstconfig
/// (set_raw): mlxconfig has no names for its iSCSI settings. One portal, IPv4, LUN 0 to 9.
std::string mlx_raw(const BootProfile& profile, const iscsi::Credentials& auth);

/// Builds an iSCSI Boot Firmware Table (version 1) for the ACPI tables of a virtual machine, which Linux'
/// iscsi_ibft accepts: initiator, one NIC, one target per portal.
std::vector<std::byte> ibft(const BootProfile& profile, const iscsi::Credentials& auth);

}  // namespace san::boot
