// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/discovery/discovery.h"
#include "iscsi/lun/lun_info.h"
#include "iscsi/lun/scsi_inquiry_session.h"
#include "iscsi/scsi/lun_address.h"

namespace san::iscsi {

/// One LUN of a target, from REPORT LUNS.
struct ListedLun {
  LunAddress address;
  LunInfo info;
  std::string error;  ///< reason why it was not asked or did not answer; empty if it answered
};

/// A target with its LUNs.
struct ListedTarget {
  std::string name;
  std::vector<std::string> portals;  ///< "HOST:PORT", as advertised, or as given
  std::vector<ListedLun> luns;
  std::string error, hint;  ///< reason why not all of its LUNs are listed; empty if all are
  std::string note;         ///< oddity that is not an error
  Diagnostics problems;     ///< wrong answers of its LUNs
};

/// Options of list_target() and list_portal().
struct ListOptions {
  Credentials credentials;
  std::chrono::steady_clock::time_point until;  ///< deadline of the whole listing
};

/// Lists the LUNs of one target through the first of `portals` that accepts the login. Errors of the target
/// are recorded in the result.
ListedTarget list_target(const std::string& name, const std::vector<Portal>& portals,
                         const ListOptions& options);

/// Lists the LUNs of all targets that a portal advertises, several targets at a time. Throws Error(failed) if
/// the portal does not answer, Error(interrupted) after a signal.
std::vector<ListedTarget> list_portal(const Portal& portal, const ListOptions& options);

}  // namespace san::iscsi
