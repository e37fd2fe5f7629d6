// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

// What other programs need to boot a machine by a profile. Each throws Error(usage) that says what its format
// cannot carry, with the numbers. Texts with secrets in them begin with a line that says so, and belong into
// files of mode 0600.

/// A script for iPXE: finds the NIC by its address, sets up the network, says who logs in, and boots; two
/// portals are two paths of one disk. On failure it goes back to the firmware's boot order.
std::string ipxe_script(const BootProfile& profile, const iscsi::Credentials& auth);

/// Lines for dnsmasq.conf, for this machine only: address or none, host name (option 12), root path (17),
/// initiator name (203), iPXE's user and secrets (175), and for the adapters of Broadcom, QLogic and Marvell,
/// which ask by their vendor class, both portals (43).
std::string dnsmasq_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// The same for ISC dhcpd: declarations of options, which have to be outside of every subnet, and a host.
std::string dhcpd_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// The same for Kea's kea-dhcp4: definitions, a class for option 43 and a global reservation, to be merged
/// with what is there.
std::string kea_fragment(const BootProfile& profile, const iscsi::Credentials& auth);

/// Settings of FlexBoot, the ROM of Mellanox' NICs for a BIOS, as the raw file of mlxconfig and mstconfig
/// (set_raw): mlxconfig has no names for those of iSCSI. One portal, IPv4, LUN 0 to 9.
std::string mlx_raw(const BootProfile& profile, const iscsi::Credentials& auth);

/// An iSCSI Boot Firmware Table (version 1) for the ACPI tables of a virtual machine, which Linux' iscsi_ibft
/// accepts: initiator, one NIC, one target a portal.
std::vector<std::byte> ibft(const BootProfile& profile, const iscsi::Credentials& auth);

}  // namespace san::boot
