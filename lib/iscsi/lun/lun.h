// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

class Connection;

/// What a LUN says of itself. A field that the target did not give, or gave in a form that makes no sense, is
/// absent.
struct Lun {
  Inquiry inquiry;
  Capacity capacity;
  std::string serial;
  std::vector<Designator> designators;
  std::optional<BlockLimits> limits;
  std::optional<Provisioning> provisioning;
  Mode mode;

  /// Bytes.
  std::uint64_t size() const { return capacity.blocks * capacity.block_size; }
  /// Deallocated blocks are declared to read as zeros. READ CAPACITY(16) and VPD page B2h both have to say
  /// so: targets exist that set only one of them.
  bool declares_zeros() const {
    return capacity.lbpme && capacity.lbprz && provisioning && provisioning->lbprz;
  }
  /// The best name of the logical unit: NAA, else EUI-64, else T10 vendor designator, else the serial number;
  /// empty where it has none.
  std::string identity() const;
};

/// As Lun::identity().
std::string best_name(const std::vector<Designator>& designators, const std::string& serial);

/// "disk", "array controller", "device of type 13h": peripheral device types (SPC-4, table 144).
std::string device_type_name(std::uint8_t type);

/// Asks a LUN for everything in Lun. `url` is for messages. Throws Error(failed) where there is no such LUN,
/// it is not a disk, or its capacity cannot be read; Error(refused) where another host has reserved it;
/// ConnectionLost.
Lun inspect(Connection& connection, const std::string& url);

}  // namespace san::iscsi
