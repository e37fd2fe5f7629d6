// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "flash/uefi/iscsi_attempt.h"
#include "flash/uefi/uefi_ip6.h"
#include "flash/uefi/variable_store.h"
#include "iscsi/login/credentials.h"

namespace san::flash {

/// Vendor of "Attempt N" and I_NAME: EFI_ISCSI_INITIATOR_NAME_PROTOCOL_GUID (UEFI 2.10, 16.2).
inline constexpr Guid kAttemptVendor = Guid::of(0x59324945, 0xEC44, 0x4C0D, 0xB1CD, 0x9DB139DF070C);
/// Vendor of AttemptOrder and InitialAttemptOrder (EDK2, IScsiConfigGuid).
inline constexpr Guid kOrderVendor = Guid::of(0x4B47D616, 0xA8D6, 0x4552, 0x9D44, 0xCCAD2E0F4CF9);

inline constexpr std::size_t kAttempts = 8;  ///< that the driver has (PcdMaxIScsiAttemptNumber)
/// Linux refuses an iBFT of more targets: its control structure is longer than 18 bytes then
/// (drivers/firmware/iscsi_ibft.c).
inline constexpr std::size_t kUsableAttempts = 2;

/// A value for a variable; no data removes it.
struct VariableEdit {
  VariableName id;
  std::uint32_t attributes = kNonVolatile | kBootService;
  std::vector<std::byte> data;
};

/// What has to be written, in that order, and what the user should know about it.
struct UefiChange {
  std::vector<VariableEdit> edits;
  std::vector<std::string> notes;
};

/// What the firmware's initiator has been told.
struct UefiIscsi {
  std::string initiator;               ///< empty where there is none
  std::vector<IscsiAttempt> attempts;  ///< all that can be read
  std::vector<std::uint8_t> order;     ///< of those that are tried
  bool booted = false;                 ///< the driver has run with this store and made its attempts
  /// How the NICs of attempts by IPv6 come to their addresses, by the MAC address of the attempt; none for
  /// NICs that the firmware has no settings of, and for settings that cannot be read.
  std::map<std::string, Ip6Settings> ip6;

  /// Of the attempt's NIC; null where `ip6` has none.
  const Ip6Settings* ip6_of(const IscsiAttempt& attempt) const;
};

UefiIscsi read_iscsi(const VariableStore& store);

/// The attempts that carry a profile: one a portal, numbered from 1, off where the profile says disabled.
/// Throws Error(usage) for what the firmware's initiator cannot carry: no MAC address, a portal by IPv6 and a
/// machine by IPv4, a host name with a static address, names and secrets that are too long.
std::vector<IscsiAttempt> attempts_for(const boot::BootProfile& profile, const iscsi::Credentials& auth);

/// The change that makes the firmware with this store boot by that profile. Attempts of other NICs stay. The
/// attempts of this NIC come first in their order (primary), last (secondary), or are turned off (disabled).
/// A VLAN is put on the firmware's list of VLANs of the NIC; one that its attempts had before leaves it.
/// By IPv6, the machine's address and gateway become those of the firmware's own settings for the NIC, or,
/// with DHCP, those become automatic.
/// `primary` brings the disk's entry to the front of BootOrder as well, or, where it has none yet, removes
/// BootOrder: the firmware then looks for what it can boot, iSCSI disks before PXE and HTTP.
/// Throws Error(usage) as attempts_for() does, Error(refused) where more than two attempts would be on.
UefiChange plan_iscsi(const VariableStore& store, const boot::BootProfile& profile,
                      const iscsi::Credentials& auth);

/// The change for a machine whose store is not at hand: as if there were no other attempts, and the driver
/// had run.
UefiChange plan_iscsi_blind(const boot::BootProfile& profile, const iscsi::Credentials& auth);

/// The change that takes the settings of the NIC with that address away, those of all NICs where `mac` is
/// empty, with the VLANs of their attempts; the initiator's name goes with the last.
UefiChange plan_clear(const VariableStore& store, const std::string& mac);

/// The change that only gives the machine its name, whatever attempts there are.
UefiChange plan_initiator(const std::string& name);

/// Makes a change, or none of it. Throws what VariableStore::set() throws.
void apply(VariableStore& store, const UefiChange& change);

}  // namespace san::flash
