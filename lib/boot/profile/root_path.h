// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "boot/profile/boot_profile.h"
#include "core/error.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

/// The eight bytes of a LUN (0 to 16383) on the wire: peripheral device addressing up to 255, flat space
/// addressing above (SAM-5, 4.7.5).
std::array<std::uint8_t, 8> wire_lun(std::uint16_t lun);

/// "iscsi:10.0.2.2::3260:1:iqn.2026-11.org.example:disk": the root path of RFC 4173, 5, to that portal of the
/// profile. The LUN is hexadecimal, an IPv6 address is in brackets.
std::string root_path(const BootProfile& profile, const iscsi::Portal& portal);

/// The host name that a machine of that name may have: what follows the last colon of its iSCSI name, where
/// that is a label of RFC 1123, 2.1; else empty.
std::string host_name(const BootProfile& profile);

/// Throws Error(usage) where the profile says that the NIC is disabled, or is without a portal, a target or a
/// name of the machine: nothing can be made of it that boots.
void require_bootable(const BootProfile& profile, const std::string& format);

/// Throws Error(usage) with the numbers where iPXE on a BIOS could not describe the disk to the operating
/// system: it puts its iBFT into 768 bytes, of which 256 are left for all names and secrets (src/arch/x86/
/// interface/pcbios/int13.c, src/drivers/block/ibft.c). On UEFI there is no such limit. `host` is the host
/// name that DHCP gives the machine.
void require_ipxe_space(const BootProfile& profile, const iscsi::Credentials& auth, const std::string& host,
                        const std::string& format);

/// An Error(usage) that names the profile and the format: "host1.toml: ipxe cannot carry it: CAUSE".
Error cannot_carry(const BootProfile& profile, const std::string& format, const std::string& cause,
                   std::string hint);

}  // namespace san::boot
