// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "os/linux/linux_system.h"
#include "os/linux/text.h"
#include "preflight/check/check.h"

namespace san::preflight {

// What the checks of a Linux share.

/// Evidence whose texts may come from the disk.
Evidence seen(const std::string& where, const std::string& found, const std::string& wanted = {});

/// What many objects showed, one after the other.
struct Findings {
  std::vector<Evidence> bad, good;
  std::vector<Evidence> lesser;   ///< bad, but the machine boots in spite of it
  std::vector<Evidence> unknown;  ///< what could not be judged
  std::string needed;             ///< to know it

  /// Fail where something is bad, else unknown, else pass. Without `bad`, `lesser` is a failure that is only
  /// a warning.
  Outcome outcome(std::string remedy, std::vector<ShellCommand> commands = {}) const;
};

/// "/boot/initrd.img-6.1.0-50-amd64": the images of a kernel, for evidence.
std::string image_name(const os::BootKernel& kernel);

/// The release whose modules the kernel can use in its initramfs: its own, where that is known, else the only
/// one there.
std::string module_release(const os::BootKernel& kernel, const os::Initramfs& image);

/// What depmod wrote about the kernel, on the root or else in the initramfs.
os::ModuleIndex module_index(const os::LinuxSystem& system, const os::BootKernel& kernel);

/// The modules among `wanted` and what they need that are neither in the initramfs nor built in.
std::vector<std::string> missing_modules(const os::ModuleIndex& index, const os::Initramfs& image,
                                         const std::string& release, const std::vector<std::string>& wanted);

/// The tool that makes the initramfs of this system.
os::InitramfsTool tool_of(const os::LinuxSystem& system);

// Commands for the source machine.

/// Makes every initramfs again.
ShellCommand rebuild_command(const os::LinuxSystem& system);
/// Installs what logs in to targets, for the system and its initramfs.
std::vector<ShellCommand> install_commands(const os::LinuxSystem& system);
/// Puts kernel modules into every initramfs; those whose names are no PlainName by hand.
std::vector<ShellCommand> module_commands(const os::LinuxSystem& system,
                                          const std::vector<std::string>& modules);
/// Puts arguments on the command line of every kernel.
std::vector<ShellCommand> argument_commands(const os::LinuxSystem& system, ShellText arguments);

/// How a kernel's initramfs will reach its target.
struct LoginPlan {
  bool firmware = false;               ///< with what the iBFT says
  std::string target;                  ///< else: the name of the target
  std::vector<std::string> addresses;  ///< and where it is
  std::string initiator;               ///< the name to use, where one is said; not the file's
  std::string where;                   ///< what says so
  std::string problem;                 ///< why it is said in vain; empty where it is not
  bool understood = true;              ///< false for tools whose ways are not known

  bool complete() const { return firmware || (!target.empty() && !addresses.empty()); }
};

LoginPlan login_plan(const os::BootKernel& kernel, const os::Initramfs& image);

/// The arguments that the programs in the initramfs see.
os::CommandLine all_arguments(const os::BootKernel& kernel, const os::Initramfs& image);

/// Whether the kernel's initramfs can log in, and mount a root: what LNX-01 examines. Those that cannot are
/// not worth examining further.
struct Carried {
  Status status = Status::pass;
  std::vector<Evidence> evidence;
};
Carried carries_initiator(const os::LinuxSystem& system, const os::BootKernel& kernel);

/// The kernels of the system whose initramfs passes LNX-01, no image twice where `once`.
std::vector<const os::BootKernel*> ready_kernels(const os::LinuxSystem& system, bool once);

/// Where there is no Linux, or no kernel that passes LNX-01: what a check that needs one says.
Outcome no_linux();
Outcome see_first_check();

// The checks, by number.
Outcome check_initramfs(Subject& subject);
Outcome check_nic_driver(Subject& subject);
Outcome check_login(Subject& subject);
Outcome check_network(Subject& subject);
Outcome check_initiator_name(Subject& subject);
Outcome check_generated_name(Subject& subject);
Outcome check_ibft_modules(Subject& subject);
Outcome check_device_names(Subject& subject);
Outcome check_other_file_systems(Subject& subject);
Outcome check_duplicates(Subject& subject);
Outcome check_nic_managers(Subject& subject);
Outcome check_iscsid(Subject& subject);
Outcome check_initramfs_age(Subject& subject);
Outcome check_old_hardware(Subject& subject);

}  // namespace san::preflight
