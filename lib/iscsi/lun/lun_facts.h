// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

class ScsiInquirySession;

/// Identification data of a LUN: INQUIRY, VPD pages 80h and 83h, capacity. A field that the target did not
/// give, or gave in a form that makes no sense, is absent.
struct LunFacts {
  std::optional<Inquiry> inquiry;
  std::vector<std::uint8_t> pages;  ///< supported VPD pages; empty if unknown
  std::string serial;
  std::vector<Designator> designators;
  std::optional<Capacity> capacity;
  bool no_such_lun = false;  ///< true if the target reports that there is no such LUN

  bool is_disk() const { return inquiry && inquiry->device_type == 0x00; }
  /// Returns true if `page` is supported, or if the supported pages are not known.
  bool may_have(std::uint8_t page) const;
  std::optional<bool> thin() const;
  /// Returns the NAA designator of the logical unit in hexadecimal, the longest if there are several; empty
  /// if it has none.
  std::string naa() const;
};

/// Reads a VPD page, header included, if the LUN may have it. Returns nothing if it has not, or if the answer
/// is not that page; the fault is recorded as a problem of the session. The page is valid until the session's
/// next command.
std::optional<std::span<const std::byte>> read_vpd_page(ScsiInquirySession& session, const LunFacts& facts,
                                                        std::uint8_t page);

/// Queries the logical unit that the session addresses. Errors of the target are recorded as problems of the
/// session.
LunFacts ask_facts(ScsiInquirySession& session);

}  // namespace san::iscsi
