// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "flash/flash_settings.h"
#include "flash/uefi/iscsi_attempt.h"
#include "flash/uefi/uefi_ip6.h"
#include "flash/uefi/variable_store.h"

namespace san::flash {

/// Vendor of "Attempt N" and I_NAME: EFI_ISCSI_INITIATOR_NAME_PROTOCOL_GUID (UEFI 2.10, 16.2).
inline constexpr Guid kAttemptVendor = Guid::of(0x59324945, 0xEC44, 0x4C0D, 0xB1CD, 0x9DB139DF070C);
/// Vendor of AttemptOrder and InitialAttemptOrder (EDK2, IScsiConfigGuid).
inline constexpr Guid kOrderVendor = Guid::of(0x4B47D616, 0xA8D6, 0x4552, 0x9D44, 0xCCAD2E0F4CF9);

inline constexpr std::size_t kAttempts = 8;  ///< attempts of the driver (PcdMaxIScsiAttemptNumber)
/// Largest number of attempts that Linux accepts: with more targets, the control structure of the iBFT is
/// longer than 18 bytes (drivers/firmware/iscsi_ibft.c).
inline constexpr std::size_t kUsableAttempts = 2;

/// New value of a variable; no data removes it.
struct VariableEdit {
  VariableName id;
  std::uint32_t attributes = kNonVolatile | kBootService;
  std::vector<std::byte> data;
};

/// Edits to be applied in order, and notes for the user.
struct UefiChange {
  std::vector<VariableEdit> edits;
  std::vector<std::string> notes;
};

/// Settings of the firmware's iSCSI initiator.
struct UefiIscsi {
  std::string initiator;               ///< empty if there is none
  std::vector<IscsiAttempt> attempts;  ///< all attempts that can be read
  std::vector<std::uint8_t> order;     ///< numbers of the attempts that are tried, in order
  bool booted = false;                 ///< the driver has run with this store and made its attempts
  /// IPv6 configuration of the attempts' NICs, by stored_nic() of the attempt; NICs for which the firmware
  /// has no settings, or unreadable ones, are left out.
  std::map<std::string, Ip6Settings> ip6;

  /// Returns the IPv6 configuration of the attempt's NIC; null if `ip6` has none.
  const Ip6Settings* ip6_of(const IscsiAttempt& attempt) const;
};

UefiIscsi read_iscsi(const VariableStore& store);

/// Returns the attempts that represent the settings of one NIC: one per portal, numbered from 1, off if its
/// priority is disabled. Settings that are left open become DHCP, no VLAN, LUN 0 and no CHAP. `object` is
/// named in messages. Throws Error(usage) for what the firmware's initiator cannot represent: no MAC address,
/// a portal by IPv6 and a machine by IPv4, a host name with a static address, names and secrets that are too
/// long.
std::vector<IscsiAttempt> attempts_for(const FlashSettings& settings, const std::string& object);

/// Plans the change that makes the firmware with this store boot with these settings. Attempts of other NICs
/// are kept. The attempts of this NIC come first in their order (primary), last (secondary), or are turned
/// off (disabled). A VLAN is added to the firmware's list of VLANs of the NIC; one that its attempts had
/// before is removed from it. With IPv6, the machine's address and gateway are stored in the firmware's own
/// settings for the NIC, or, with DHCP, those become automatic. `primary` also moves the disk's entry to the
/// front of BootOrder, or, if there is no such entry yet, removes BootOrder: the firmware then searches for
/// everything it can boot, iSCSI disks before PXE and HTTP. Throws Error(usage) as attempts_for() does,
/// Error(refused) if more than two attempts would be on.
UefiChange plan_iscsi(const VariableStore& store, const FlashSettings& settings);

/// Plans the change for a machine whose store is not available: assumes that there are no other attempts, and
/// that the driver has run. `object` is named in messages.
UefiChange plan_iscsi_blind(const FlashSettings& settings, const std::string& object);

/// Plans the removal of the settings of the NIC with that MAC address, or of all NICs if `mac` is empty, with
/// the VLANs of their attempts; the initiator's name is removed with the last attempt.
UefiChange plan_clear(const VariableStore& store, const std::string& mac);

/// Plans a change of the initiator's name alone, independent of the attempts.
UefiChange plan_initiator(const std::string& name);

/// Applies all edits of a change, or none. Throws the errors of VariableStore::set().
void apply(VariableStore& store, const UefiChange& change);

}  // namespace san::flash
