// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "core/secret.h"
#include "preflight/facts/boot_nic.h"
#include "preflight/rehearsal/network.h"

namespace san::preflight {

class Subject;

/// QEMU's NIC in the rehearsal.
struct RehearsalNic {
  std::string model;      ///< name for QEMU's -device
  bool stand_in = false;  ///< true if the machine's own NIC has another driver
};

/// Returns QEMU's NIC for a machine: the machine's own model if QEMU has it, else e1000. With UEFI always
/// virtio-net-pci.
RehearsalNic rehearsal_nic(const BootNic& nic, boot::Firmware firmware);

/// Plan of a rehearsal.
struct RehearsalPlan {
  boot::BootProfile profile;  ///< profile of the virtual machine: one portal, no CHAP
  RehearsalNetwork network;
  RehearsalNic nic;
  std::uint64_t size = 0;  ///< size of the disk, bytes
  std::uint32_t logical_block = 512;
  std::string disk;                ///< the disk in the syntax of QEMU's block drivers (JSON), read-only
  Secret secret;                   ///< CHAP secret for `disk`; empty if there is none
  std::vector<std::string> notes;  ///< differences between the rehearsal and the real boot
};

/// Plans the rehearsal of a subject. Reads the secret of the LUN and nothing else. Throws Error;
/// Error(failed) if it cannot be rehearsed.
RehearsalPlan rehearsal_plan(Subject& subject);

}  // namespace san::preflight
