// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "preflight/facts/boot_nic.h"
#include "preflight/rehearsal/network.h"

namespace san::preflight {

class Subject;

/// The NIC of QEMU that stands for another one.
struct RehearsalNic {
  std::string model;      ///< of QEMU's -device
  bool stand_in = false;  ///< the machine's own has another driver
};

/// The NIC for that machine: its own model, where QEMU has it; else e1000. With UEFI always virtio-net-pci.
RehearsalNic rehearsal_nic(const BootNic& nic, boot::Firmware firmware);

/// What is rehearsed.
struct RehearsalPlan {
  boot::BootProfile profile;  ///< by which the virtual machine boots: one portal, no CHAP
  RehearsalNetwork network;
  RehearsalNic nic;
  std::uint64_t size = 0;  ///< of the disk, bytes
  std::uint32_t logical_block = 512;
  nlohmann::json disk;             ///< the disk as QEMU's block driver has it, to be read only
  Secret secret;                   ///< CHAP secret for `disk`; empty for none
  std::vector<std::string> notes;  ///< in what the rehearsal differs from the real boot
};

/// Reads the secret of the LUN, nothing else. Throws Error: what cannot be rehearsed is Error(failed).
RehearsalPlan rehearsal_plan(Subject& subject);

}  // namespace san::preflight
