// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot/profile/boot_profile.h"
#include "boot/profile/profile_section.h"

namespace san::boot {

// Rules of a boot profile about addresses. Errors are added to the faults of the section.

/// Reads mac, dhcp, address, gateway and vlan of [initiator].
void read_network(const Section& initiator, BootProfile& profile);

/// Reads portal or portals, and reach, of [target].
void read_portals(const Section& target, BootProfile& profile);

}  // namespace san::boot
