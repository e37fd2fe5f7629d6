// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "os/linux/linux_system.h"
#include "os/linux/text.h"
#include "preflight/check/check.h"

namespace san::preflight {

// Shared by the checks of a Linux.

/// Returns evidence whose texts may come from the disk; they are made safe to print.
Evidence seen(const std::string& where, const std::string& found, const std::string& wanted = {});

/// Evidence collected from many objects, from which one outcome is derived.
struct Findings {
  std::vector<Evidence> bad, good;
  std::vector<Evidence> lesser;   ///< bad, but does not prevent a boot
  std::vector<Evidence> unknown;  ///< objects that could not be judged
  std::string needed;             ///< remedy if objects could not be judged: the missing facts

  /// Returns fail if `bad` is not empty, else unknown if `unknown` is not, else pass. With `lesser` alone,
  /// the failure is only a warning.
  Outcome outcome(std::string remedy, std::vector<ShellCommand> commands = {}) const;
};

/// Returns the images of a kernel, for evidence: "/boot/initrd.img-6.1.0-50-amd64".
std::string image_name(const os::BootKernel& kernel);

/// Returns the release of the modules that the kernel can load from its initramfs: its own, if known, else
/// the only one in the image.
std::string module_release(const os::BootKernel& kernel, const os::Initramfs& image);

/// Returns depmod's index for the kernel, from the root file system or else from the initramfs.
os::ModuleIndex module_index(const os::LinuxSystem& system, const os::BootKernel& kernel);

/// Returns those of `wanted`, and of their dependencies, that are neither in the initramfs nor built in.
std::vector<std::string> missing_modules(const os::ModuleIndex& index, const os::Initramfs& image,
                                         const std::string& release, const std::vector<std::string>& wanted);

/// Returns the tool that builds the initramfs of this system.
os::InitramfsTool tool_of(const os::LinuxSystem& system);

// Commands for the source machine.

/// Returns the command that rebuilds every initramfs.
ShellCommand rebuild_command(const os::LinuxSystem& system);
/// Returns commands that install the iSCSI initiator, for the system and its initramfs.
std::vector<ShellCommand> install_commands(const os::LinuxSystem& system);
/// Returns commands that add kernel modules to every initramfs; modules whose names are no PlainName are left
/// to the administrator.
std::vector<ShellCommand> module_commands(const os::LinuxSystem& system,
                                          const std::vector<std::string>& modules);
/// Returns the command that writes GRUB's configuration anew, under the name that the distribution gives it.
ShellCommand grub_command(const os::LinuxSystem& system);
/// Returns commands that add arguments to the command line of every kernel.
std::vector<ShellCommand> argument_commands(const os::LinuxSystem& system, ShellText arguments);

/// Returns the outcome of a check that needs a Linux, if there is none.
Outcome no_linux();

}  // namespace san::preflight
