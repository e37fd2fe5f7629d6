// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "flash/uefi/iscsi_attempt.h"
#include "flash/uefi/load_option.h"

namespace san::flash {

/// Where in BootOrder, counted from 0, the active entry is that the firmware made of the attempt; nothing
/// where there is none. The firmware compares whole device paths: where the address, the NIC, the portal, the
/// target or the kind of authentication is another one, it drops its old entry and makes a new one at the
/// end, behind PXE and HTTP (EDK2, MdeModulePkg/Library/UefiBootManagerLib/BmBoot.c,
/// EfiBootManagerRefreshAllBootOption). An address that comes by DHCP is taken to be the same again; entries
/// by IPv6 are known only if `tried`. `tried`: the firmware has logged in by these very settings, and target
/// and LUN are enough to know its entry, whatever else this firmware writes there.
std::optional<std::size_t> entry_of_attempt(const std::vector<BootEntry>& entries,
                                            const IscsiAttempt& attempt, bool tried);

}  // namespace san::flash
