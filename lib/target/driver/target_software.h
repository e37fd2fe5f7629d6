// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "iscsi/scsi/lun_data.h"
#include "target/driver/driver.h"

namespace san::target {

/// Selection of the target software, and location of its saved configuration.
struct DriverOptions {
  std::string name = "tgt";  ///< "tgt", "lio"
  /// tgt: directory of its *.conf files; lio: its saveconfig.json. Empty for the default location.
  std::string config;
  std::uint16_t control_port = 0;  ///< tgt: control port of the tgtd (tgtd -C); 0 is the first
};

struct TargetSoftware;

/// The LUN that fix commands are for, in the terms of its target software.
struct FixedLun {
  const TargetSoftware* software = nullptr;  ///< null if it is not known
  std::string target;                        ///< iSCSI name
  std::uint16_t lun = 0;
  std::optional<unsigned> number;  ///< of the target, where the software's commands need one and it is known
};

/// Lines of commands and of configuration files.
using FixLines = std::vector<std::string>;

/// Target software: its entry in the registry, which stands beside its code. A function that is left out
/// means "not known", or "not with this software".
struct TargetSoftware {
  const char* name = nullptr;  ///< "LIO (Linux kernel)"
  /// Recognises the software by its default vendor and product names.
  bool (*made)(const iscsi::Inquiry& inquiry) = nullptr;

  // What puts a LUN right. All of it takes effect for new sessions only.
  /// Sets session parameters ("NAME=VALUE") of the target.
  FixLines (*parameter_lines)(const FixedLun& lun, const std::vector<std::string>& parameters) = nullptr;
  FixLines (*thin_lines)(const FixedLun& lun) = nullptr;      ///< enables thin provisioning
  FixLines (*zeros_lines)(const FixedLun& lun) = nullptr;     ///< makes unmapped blocks read as zeros
  FixLines (*writable_lines)(const FixedLun& lun) = nullptr;  ///< lifts the write protection
  FixLines (*identity_lines)(const FixedLun& lun) = nullptr;  ///< sets a unique identity
  /// Returns the target's number from the designators of a LUN; nothing if they do not have it.
  std::optional<unsigned> (*number)(const std::vector<iscsi::Designator>& designators) = nullptr;
  /// Returns true for a serial number that is made of target number and LUN, and so is not unique.
  bool (*is_made_up)(const std::string& serial) = nullptr;
  bool unmaps_32_bits = false;  ///< counts the bytes of an UNMAP in 32 bits

  // What makes targets with it.
  const char* driver = nullptr;  ///< name of the driver: "lio"
  std::unique_ptr<Driver> (*make)(const DriverOptions& options) = nullptr;
};

/// Returns the lines of the LUN's software that `which` makes, "&TargetSoftware::thin_lines"; none if the
/// software is not known or has none.
FixLines fix_lines(const FixedLun& lun, FixLines (*TargetSoftware::*which)(const FixedLun&));

}  // namespace san::target
