// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/finding.h"
#include "flash/flash_settings.h"
#include "flash/nvm/iscsi_block.h"

namespace san::flash {

inline constexpr std::size_t kMaxIscsiName = 223;  // RFC 7143, 4.2.7.1
inline constexpr std::size_t kMaxChapUser = 127;   // I210 datasheet, 6.8.7.2.1, for this and the next
inline constexpr std::size_t kShortestChapSecret = 12, kMaxChapSecret = 16;

/// What the writer of a record may do.
struct IscsiEditRules {
  std::string object;             ///< what errors are about: "nvm:FILE, port 1"
  std::optional<IpOrder> order;   ///< of IPv4 addresses; none where nothing tells it
  bool vlan = true;               ///< whether the option ROM of the family looks at the VLAN
  bool drop_target_user = false;  ///< leave out the name that the target proves itself by
};

/// Throws Error(usage) where the block has no field, or no room, for what the settings say; the sentence has
/// the numbers. Nothing is changed.
void check_carried(const FlashSettings& settings, const IscsiEditRules& rules);

/// Puts the settings into header and record, and leaves every byte of fields alone whose value they have
/// already. A text that changes is followed by zeros up to the end of its field, so that nothing of an old
/// secret stays. Throws as check_carried(), and where the result would ask for CHAP without user or secret.
void edit_block(IscsiHeader& header, IscsiRecord& record, const FlashSettings& settings,
                const IscsiEditRules& rules);

/// What a machine could not boot with, or that the datasheet does not allow. `port` is for the place.
std::vector<Finding> check_record(const IscsiHeader& header, const IscsiRecord& record, unsigned port);

/// The kind of authentication that a record asks for; none for the reserved value.
std::optional<Auth> record_auth(const IscsiRecord& record);

}  // namespace san::flash
