// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "target/create.h"

namespace san::target {

// Changes of a target that is there. Each is written down, too; where that fails it is taken back. Doing one
// again changes nothing.

/// Makes the volume a LUN of the target; without a number the lowest from 1 on that is free. Throws
/// Error(refused) where that LUN is another volume, the volume is another target's, or is in use.
struct Attached {
  Report report;
  std::string target;
  std::uint16_t lun = 0;
};
Attached attach(Driver& driver, const Pool& pool, const std::string& name, std::optional<std::uint16_t> lun,
                const Volume& wanted);

/// Takes the LUN off the target; its volume stays as it is. Throws Error(refused) while a session is there.
Report detach(Driver& driver, const Pool& pool, const std::string& name, std::uint16_t lun);

/// Lets those initiators in as well, or with `only` no others than them. CHAP users of the request take the
/// place of those that the target has; with `no_chap` it has none any more.
struct AllowRequest {
  AccessRequest access;
  bool only = false, no_chap = false;
};
Report allow(Driver& driver, const Pool& pool, const std::string& name, const AllowRequest& request);

/// Sets parameters by RFC 7143's names; sessions that are there keep theirs.
Report tune(Driver& driver, const Pool& pool, const std::string& name,
            const std::map<std::string, std::string>& parameters);

}  // namespace san::target
