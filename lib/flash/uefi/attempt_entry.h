// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "flash/uefi/iscsi_attempt.h"
#include "flash/uefi/load_option.h"

namespace san::flash {

/// Returns the position in BootOrder, from 0, of the active entry that the firmware made of the attempt, or
/// nothing if there is none. The firmware compares whole device paths: if the address, the NIC, the portal,
/// the target or the kind of authentication differs, it removes its old entry and makes a new one at the end,
/// behind PXE and HTTP (EDK2, MdeModulePkg/Library/UefiBootManagerLib/BmBoot.c,
/// EfiBootManagerRefreshAllBootOption). An address got by DHCP is assumed to be the old one again; IPv6
/// entries are recognized only if `tried`. `tried` is true if the firmware has logged in with exactly these
/// settings: then target and LUN are enough to recognize its entry, whatever else this firmware stores in it.
std::optional<std::size_t> entry_of_attempt(const std::vector<BootOrderEntry>& entries,
                                            const IscsiAttempt& attempt, bool tried);

}  // namespace san::flash
