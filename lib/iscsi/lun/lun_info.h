// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/scsi/lun_data.h"

namespace san::iscsi {

/// Everything that a LUN says about itself, as far as query_lun() asked. A field that the target did not
/// give, or gave in a form that makes no sense, is absent: unknown, never "no".
struct LunInfo {
  std::optional<Inquiry> inquiry;
  bool no_such_lun = false;         ///< the target reports that there is no such LUN
  std::vector<std::uint8_t> pages;  ///< supported VPD pages; empty if unknown
  std::string serial;
  std::vector<Designator> designators;
  /// Answer to TEST UNIT READY: an empty string if the LUN is ready, else the reason. Nothing if there was no
  /// answer.
  std::optional<std::string> not_ready;
  bool reserved_by_another = false;  ///< TEST UNIT READY was answered by RESERVATION CONFLICT
  std::optional<Capacity> capacity;
  std::optional<BlockLimits> limits;
  std::optional<Characteristics> characteristics;
  std::optional<Provisioning> provisioning;
  Mode mode;

  bool is_disk() const { return inquiry && inquiry->device_type == 0x00; }
  /// Returns the size in bytes; 0 if the capacity is not known.
  std::uint64_t size() const { return capacity ? capacity->blocks * capacity->block_size : 0; }
  /// Returns the bytes of a logical block; 0 if the capacity is not known.
  std::uint32_t block_size() const { return capacity ? capacity->block_size : 0; }
  /// Returns true if the capacity came from READ CAPACITY(16), so that commands of 16 bytes are to be used.
  bool long_form() const { return capacity && capacity->long_form; }
  /// Returns true if the LUN is thin (LBPME); nothing if that is not known: the short form of READ CAPACITY
  /// does not report it.
  std::optional<bool> thin() const;
  /// Returns true if deallocated blocks are declared to read as zeros, by both READ CAPACITY(16) and VPD page
  /// B2h: there are targets that set only one of them.
  bool declares_zeros() const;
  /// Returns true if `page` is supported, or if the supported pages are not known.
  bool may_have(std::uint8_t page) const;
  /// Returns the best identifier of the logical unit: NAA, else EUI-64, else T10 vendor designator, else the
  /// serial number; empty if it has none.
  std::string identity() const;
  /// Returns the NAA designator of the logical unit in hexadecimal, the longest if there are several; empty
  /// if it has none.
  std::string naa() const;
  /// Returns the contradictions between different sources on thin provisioning and write protection, as
  /// clauses.
  std::vector<std::string> contradictions() const;
};

/// Returns the name of a peripheral device type (SPC-4, table 144): "disk", "array controller", "device of
/// type 13h".
std::string device_type_name(std::uint8_t type);

}  // namespace san::iscsi
