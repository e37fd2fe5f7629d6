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

/// Where the files of a machine are.
struct MachineFiles {
  std::string boot;       ///< directory of what it gets by TFTP (a BIOS)
  std::string code;       ///< of EDK II (UEFI)
  std::string variables;  ///< its own variable store
  std::string serial;     ///< what its serial console says
  std::string monitor;    ///< a socket
  bool kvm = false;       ///< whether to try it
};

/// The words that start QEMU. `processors`: of the machine.
std::vector<std::string> machine_command(const RehearsalPlan& plan, const MachineFiles& files,
                                         unsigned processors);

/// A virtual machine without a disk that boots by the plan's profile: with a BIOS the iPXE of its NIC runs
/// our script, with UEFI the firmware's initiator has our settings.
class RehearsalMachine {
 public:
  /// Starts it. Throws Error(failed).
  RehearsalMachine(const RehearsalPlan& plan, const PrivateDirectory& directory);
  ~RehearsalMachine();
  RehearsalMachine(const RehearsalMachine&) = delete;
  RehearsalMachine& operator=(const RehearsalMachine&) = delete;

  /// "QEMU with KVM, BIOS, e1000".
  const std::string& description() const { return description_; }
  /// The last 256 KiB of what its serial console has said.
  std::string serial() const;
  /// Whether it has ended, and how. Its memory and its connections last until this object goes.
  MachineEnd end();

 private:
  MachineFiles files_;
  std::string description_;
  std::unique_ptr<ChildProcess> process_;
  std::unique_ptr<Qmp> monitor_;
  MachineEnd end_ = MachineEnd::none;
};

}  // namespace san::preflight
