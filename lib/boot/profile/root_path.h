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

/// Encodes a LUN (0 to iscsi::kMaxLun) into its eight bytes on the wire: peripheral device addressing up to
/// 255, flat space addressing above (SAM-5, 4.7.5).
std::array<std::uint8_t, 8> wire_lun(std::uint16_t lun);

/// Returns the root path of RFC 4173, 5, to that portal of the profile:
/// "iscsi:10.0.2.2::3260:1:iqn.2026-11.org.example:disk". The LUN is hexadecimal, an IPv6 address is in
/// brackets.
std::string root_path(const BootProfile& profile, const iscsi::Portal& portal);

/// Returns a host name for the machine: the part of its iSCSI name behind the last colon if that is a label
/// of RFC 1123, 2.1; else an empty string.
std::string host_name(const BootProfile& profile);

/// Throws Error(usage) if the profile disables the NIC, or lacks a portal, a target or the machine's name:
/// nothing bootable can be made of it.
void require_bootable(const BootProfile& profile, const std::string& format);

/// Throws Error(usage) with the numbers if iPXE could not describe the disk to the operating system: by more
/// than two portals, as Linux reads an iBFT of at most two targets, or, on a BIOS, by too long names and
/// secrets, as the iBFT has 768 bytes there, of which 256 are left for all of them
/// (src/arch/x86/interface/pcbios/int13.c, src/drivers/block/ibft.c). `host` is the host name that DHCP
/// assigns to the machine.
void require_ipxe_space(const BootProfile& profile, const iscsi::Credentials& auth, const std::string& host,
                        const std::string& format);

/// Returns an Error(usage) that names the profile and the format: "host1.toml: ipxe cannot carry it: CAUSE".
Error cannot_carry(const BootProfile& profile, const std::string& format, const std::string& cause,
                   std::string hint);

}  // namespace san::boot
