// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "flash/flash_settings.h"
#include "flash/nvm/iscsi_block.h"

namespace san::flash {

inline constexpr std::size_t kMaxChapUser = 127;  // I210 datasheet, 6.8.7.2.1

/// Rules for editing a record.
struct IscsiEditRules {
  std::string object;            ///< object named in errors: "nvm:FILE, port 1"
  std::optional<IpOrder> order;  ///< byte order of IPv4 addresses; empty if it is not known
  bool vlan = true;              ///< true if the option ROM of the family evaluates the VLAN
  /// Leave out the target's user name of mutual CHAP, for which there is no field.
  bool drop_target_user = false;
};

/// Throws Error(usage) with the numbers if the block has no field for one of the settings, or one too small
/// for its value. Changes nothing.
void check_carried(const FlashSettings& settings, const IscsiEditRules& rules);

/// Stores the settings into header and record; fields that hold the value already are left unchanged in every
/// byte. A text that changes is padded with zeros to the end of its field, so that nothing of an old secret
/// remains. Throws as check_carried() does, and if the result would require CHAP without user or secret.
void edit_block(IscsiHeader& header, IscsiRecord& record, const FlashSettings& settings,
                const IscsiEditRules& rules);

/// Checks a record for values that a machine could not boot with, or that the datasheet does not allow.
/// `port` is named in the findings.
Diagnostics check_record(const IscsiHeader& header, const IscsiRecord& record, unsigned port);

/// Returns the kind of authentication that a record requires; nothing for the reserved value.
std::optional<Auth> record_auth(const IscsiRecord& record);

}  // namespace san::flash
