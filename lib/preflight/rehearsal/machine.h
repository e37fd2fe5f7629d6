// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "preflight/rehearsal/boot_watch.h"
#include "preflight/rehearsal/qmp.h"
#include "preflight/rehearsal/rehearsal_plan.h"
#include "preflight/rehearsal/sandbox.h"
#include "system/child_process.h"

namespace san::preflight {

/// Paths of a virtual machine's files.
struct MachineFiles {
  std::string boot;       ///< directory of the files for TFTP (a BIOS)
  std::string code;       ///< firmware code of EDK II (UEFI)
  std::string variables;  ///< variable store of this machine
  std::string serial;     ///< output of the serial console
  std::string monitor;    ///< socket of the monitor
  bool kvm = false;       ///< true if KVM is to be tried
};

/// Returns the command line of QEMU. `processors` is the number of virtual processors.
std::vector<std::string> machine_command(const RehearsalPlan& plan, const MachineFiles& files,
                                         unsigned processors);

/// A virtual machine without a disk that boots by the plan's profile: with a BIOS, the iPXE of its NIC runs
/// the script of the profile; with UEFI, the firmware's initiator has its settings.
class RehearsalMachine {
 public:
  /// Starts the machine. Throws Error(failed).
  RehearsalMachine(const RehearsalPlan& plan, const PrivateDirectory& directory);
  ~RehearsalMachine();
  RehearsalMachine(const RehearsalMachine&) = delete;
  RehearsalMachine& operator=(const RehearsalMachine&) = delete;

  /// Returns a description: "QEMU with KVM, BIOS, e1000".
  const std::string& description() const { return description_; }
  /// Returns the last 256 KiB of the output of its serial console.
  std::string serial() const;
  /// Returns the kind of end the machine has come to, `none` while it runs. Its memory and its connections
  /// last until this object is destroyed.
  MachineEnd end();

 private:
  MachineFiles files_;
  std::string description_;
  std::unique_ptr<ChildProcess> process_;
  std::unique_ptr<Qmp> monitor_;
  MachineEnd end_ = MachineEnd::none;
};

}  // namespace san::preflight
