// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"
#include "preflight/facts/machine_facts.h"

namespace san::preflight {

class Subject;

/// Returns the NIC to boot from (NET-01 and others): the one `named`, else the profile's, else the iBFT's,
/// else that of the session on which "/" lies. Null if none of them is known. `plan` may be null.
const LiveNic* boot_interface(const MachineFacts& machine, const boot::BootProfile* plan,
                              const std::string& named);
/// Returns the NIC to boot from for the subject's profile and --nic. `machine` is that of the subject.
const LiveNic* boot_interface(Subject& subject, const MachineFacts& machine);

}  // namespace san::preflight
