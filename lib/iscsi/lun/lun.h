// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

class Connection;

/// Properties of a LUN. A field that the target did not give, or gave in a form that makes no sense, is
/// absent.
struct Lun {
  Inquiry inquiry;
  Capacity capacity;
  std::string serial;
  std::vector<Designator> designators;
  std::optional<BlockLimits> limits;
  std::optional<Provisioning> provisioning;
  Mode mode;

  /// Returns the size in bytes.
  std::uint64_t size() const { return capacity.blocks * capacity.block_size; }
  /// Returns true if deallocated blocks are declared to read as zeros, by both READ CAPACITY(16) and VPD page
  /// B2h: there are targets that set only one of them.
  bool declares_zeros() const {
    return capacity.lbpme && capacity.lbprz && provisioning && provisioning->lbprz;
  }
  /// Returns the best identifier of the logical unit: NAA, else EUI-64, else T10 vendor designator, else the
  /// serial number; empty if it has none.
  std::string identity() const;
};

/// Returns the best identifier from `designators` and `serial`, see Lun::identity().
std::string best_name(const std::vector<Designator>& designators, const std::string& serial);

/// Returns the name of a peripheral device type (SPC-4, table 144): "disk", "array controller", "device of
/// type 13h".
std::string device_type_name(std::uint8_t type);

/// Queries all fields of Lun. `url` is for messages. Throws Error(failed) if there is no such LUN, it is not
/// a disk, or its capacity cannot be read; Error(refused) if another host has reserved it; ConnectionLost.
Lun inspect(Connection& connection, const std::string& url);

}  // namespace san::iscsi
