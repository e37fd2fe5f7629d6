// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

class ScsiInquirySession;

/// What tells one LUN from another. What the target did not say, or said so that it makes no sense, is
/// absent.
struct LunFacts {
  std::optional<Inquiry> inquiry;
  std::vector<std::uint8_t> pages;  ///< of vital product data that there are; empty: unknown
  std::string serial;
  std::vector<Designator> designators;
  std::optional<Capacity> capacity;
  bool no_such_lun = false;  ///< the target says that there is none

  bool is_disk() const { return inquiry && inquiry->device_type == 0x00; }
  /// Whether it makes sense to ask for a page: it is there, or nobody knows.
  bool may_have(std::uint8_t page) const;
  std::optional<bool> thin() const;
  /// The NAA designator of the logical unit in hexadecimal, the longest where there are several; empty: none.
  std::string naa() const;
};

/// A page of vital product data where it may be there and is what it should be; what is wrong with it is a
/// complaint of the interview.
std::optional<std::span<const std::byte>> read_vpd_page(ScsiInquirySession& session, const LunFacts& facts,
                                                        std::uint8_t page);

/// Asks the logical unit that the interview is turned to. Throws nothing that a target could bring about.
LunFacts ask_facts(ScsiInquirySession& session);

}  // namespace san::iscsi
