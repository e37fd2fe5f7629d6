// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot/profile/boot_profile.h"
#include "preflight/check/check.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/machine_facts.h"

namespace san::preflight {

// What the running machine shows, for checks that are known on the disk or in the plan as well: whoever owns
// the id calls these with --live. Each is not_applicable where it has nothing to look at. `plan` may be null.

/// LNX-11, which is here: "/" lies on the LUN of an iSCSI session, that of the plan.
Outcome root_on_iscsi(const MachineFacts& machine, const boot::BootProfile* plan);
/// LNX-09: so do /boot, the ESP, /usr, /var, /home and swap. Where "/" does not, see LNX-11.
Outcome places_on_iscsi(const MachineFacts& machine);
/// LNX-10: no file system, volume or container is there twice, on a LUN and on another disk.
Outcome no_twins(const MachineFacts& machine);
/// LNX-13: iscsid runs, and requests of a lost session wait long enough.
Outcome session_lasts(const MachineFacts& machine);
/// NET-06: the VLAN of the plan is that of the iBFT, and there is an interface with it.
Outcome vlan_is_up(const MachineFacts& machine, const boot::BootProfile* plan);

// IBFT-01 to IBFT-03: machine_ibft_checks.cc.
Outcome ibft_present(Subject& subject);
Outcome ibft_sound(Subject& subject);
Outcome ibft_as_planned(Subject& subject);

}  // namespace san::preflight
