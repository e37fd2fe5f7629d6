// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "flash/uefi/variable_store.h"

namespace san::flash {

/// Vendor of the list of VLANs of a NIC: EFI_VLAN_CONFIG_PROTOCOL_GUID (UEFI 2.10, 28.1).
inline constexpr Guid kVlanVendor = Guid::of(0x9E23D768, 0xD2F3, 0x4366, 0x9FC3, 0x3A7ABA864374);

/// Returns the name of the variable with the VLANs that the firmware configures on the NIC with that MAC
/// address ("52:54:00:12:34:56", either case): tags of two bytes, priority in the three upper bits (EDK2,
/// NetworkPkg/MnpDxe/MnpVlan.c).
VariableName vlan_list(const std::string& mac);

/// Returns the VLAN ids on the NIC's list, in its order; empty if there is none. A firmware with such a list
/// serves those VLANs only, and drops frames without a tag (EDK2, NetworkPkg/MnpDxe/MnpDriver.c).
std::vector<std::uint16_t> listed_vlans(const VariableStore& store, const std::string& mac);

/// Returns the list's data without the ids `dropped`, and with `added` at its end if that is not 0 and not in
/// the list.
std::vector<std::byte> changed_vlans(const std::vector<std::byte>& list,
                                     const std::vector<std::uint16_t>& dropped, std::uint16_t added);

}  // namespace san::flash
