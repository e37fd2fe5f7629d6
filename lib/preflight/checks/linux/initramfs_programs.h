// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "os/linux/linux_system.h"
#include "preflight/check/check.h"

namespace san::preflight {

// Results of LNX-01 on which other checks rest.

/// Ability of a kernel's initramfs to log in and to mount a root (LNX-01). Images that fail are not examined
/// further.
struct Carried {
  Status status = Status::pass;
  std::vector<Evidence> evidence;
};
Carried carries_initiator(const os::LinuxSystem& system, const os::BootKernel& kernel);

/// Returns the kernels whose initramfs passes LNX-01; with `once`, each image only once.
std::vector<const os::BootKernel*> ready_kernels(const os::LinuxSystem& system, bool once);

/// Returns the outcome of a check that needs a kernel that passes LNX-01, if there is none.
Outcome see_first_check();

}  // namespace san::preflight
