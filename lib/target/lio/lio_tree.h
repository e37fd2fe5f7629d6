// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/lio/configfs.h"
#include "target/lio/lio_backstore.h"

namespace san::target {

/// Paths relative to the root of LIO's configfs.
inline constexpr std::string_view kIscsi = "iscsi";
std::string target_path(std::string_view target);  ///< iscsi/NAME
std::string group_path(std::string_view target);  ///< iscsi/NAME/tpgt_1, the only portal group of our targets

/// Returns GROUP/acls/INITIATOR.
std::string rule_path(std::string_view group, std::string_view initiator);

/// Names of the link of a LUN; the second one marks it as read-only. LIO itself records that for devices, but
/// not for files, and the initiators' rules that forbid writing may come and go.
inline constexpr std::string_view kVolumeLink = "volume";
inline constexpr std::string_view kReadOnlyLink = "volume-read-only";

/// A LUN of a portal group.
struct LioLun {
  std::uint16_t lun = 0;
  std::string path;  ///< iscsi/NAME/tpgt_1/lun/lun_0
  std::string link;  ///< name of the link in it; empty if it has none
  std::optional<Backstore> backstore;
  bool read_only() const { return link == kReadOnlyLink; }
};
std::vector<LioLun> luns_of(const Configfs& configfs, const std::string& group);

/// A LUN as mapped for one initiator.
struct MappedLun {
  std::uint32_t index = 0;  ///< LUN number for the initiator
  std::string path;         ///< iscsi/NAME/tpgt_1/acls/INITIATOR/lun_0
  std::string link;
  std::string lun_path;  ///< destination of the link, absolute
};
std::vector<MappedLun> mapped_luns(const Configfs& configfs, const std::string& rule);

/// Returns the names of the iSCSI targets.
std::vector<std::string> target_names(const Configfs& configfs);

/// Returns the value of an account's attribute; empty if it is not set, for which LIO writes NULL.
std::string account_value(const Configfs& configfs, const std::string& path);

/// Returns the access rules of a portal group, with the secrets; nothing if its initiators have different
/// accounts.
std::optional<AccessRule> read_access(const Configfs& configfs, const std::string& group);

TargetState read_target(const Configfs& configfs, const std::string& target);

}  // namespace san::target
