// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot/profile/boot_profile.h"
#include "preflight/check/check.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/machine_facts.h"

namespace san::preflight {

// Live variants of checks that also examine the disk or the profile: the owner of the id calls these with
// --live. Each returns not_applicable if it has nothing to examine. `plan` may be null.

/// Evaluates LNX-11, which is defined here: "/" lies on the LUN of an iSCSI session, the one in the profile.
Outcome root_on_iscsi(const MachineFacts& machine, const boot::BootProfile* plan);
/// Evaluates LNX-09: /boot, the ESP, /usr, /var, /home and swap lie on iSCSI, too. If "/" does not, LNX-11
/// reports it.
Outcome places_on_iscsi(const MachineFacts& machine);
/// Evaluates LNX-10: no file system, volume or container exists twice, on a LUN and on another disk.
Outcome no_twins(const MachineFacts& machine);
/// Evaluates LNX-13: iscsid runs, and the timeout for requests of a lost session is long enough.
Outcome session_lasts(const MachineFacts& machine);
/// Evaluates NET-06: the VLAN of the profile is that of the iBFT, and an interface with its tag exists.
Outcome vlan_is_up(const MachineFacts& machine, const boot::BootProfile* plan);

// IBFT-01 to IBFT-03: machine_ibft_checks.cc.
Outcome ibft_present(Subject& subject);
Outcome ibft_sound(Subject& subject);
Outcome ibft_as_planned(Subject& subject);

}  // namespace san::preflight
