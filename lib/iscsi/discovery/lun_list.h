// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/discovery/discovery.h"
#include "iscsi/lun/lun_facts.h"
#include "iscsi/lun/scsi_inquiry_session.h"
#include "iscsi/scsi/lun_address.h"

namespace san::iscsi {

/// A LUN of a target.
struct ListedLun {
  LunAddress address;
  LunFacts facts;
  std::string error;  ///< why it was not asked, or does not answer; empty: it was
};

/// A target with its LUNs.
struct ListedTarget {
  std::string name;
  std::vector<std::string> portals;  ///< "HOST:PORT", as advertised, or as given
  std::vector<ListedLun> luns;
  std::string error, hint;        ///< why its LUNs, or not all of them, could be listed; empty: all were
  std::string note;               ///< what is odd, without being an error
  std::vector<Problem> problems;  ///< what its LUNs answered wrongly
};

/// How to list.
struct ListOptions {
  Credentials credentials;
  std::chrono::steady_clock::time_point until;  ///< the end of it all
};

/// The LUNs of one target, reached by the first of `portals` that lets in. Throws nothing that the target
/// could bring about.
ListedTarget list_target(const std::string& name, const std::vector<Portal>& portals,
                         const ListOptions& options);

/// All targets that a portal tells of, several at a time. Throws Error(failed) where it tells nothing.
std::vector<ListedTarget> list_portal(const Portal& portal, const ListOptions& options);

}  // namespace san::iscsi
