// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "os/linux/linux_system.h"
#include "os/linux/text.h"

namespace san::preflight {

/// The iSCSI login that a kernel's initramfs will make.
struct LoginPlan {
  bool firmware = false;               ///< true if it takes the settings from the iBFT
  std::string target;                  ///< otherwise: the name of the target
  std::vector<std::string> addresses;  ///< otherwise: its portals
  std::string initiator;               ///< initiator name, if configured here rather than in a file
  std::string where;                   ///< origin of the setting
  std::string problem;                 ///< reason why the setting has no effect; empty if it has
  bool understood = true;              ///< false for tools whose configuration is not known here

  bool complete() const { return firmware || (!target.empty() && !addresses.empty()); }
};

LoginPlan login_plan(const os::BootKernel& kernel, const os::Initramfs& image);

/// Returns the arguments that the programs in the initramfs see.
os::CommandLine all_arguments(const os::BootKernel& kernel, const os::Initramfs& image);

}  // namespace san::preflight
