// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "target/create.h"

namespace san::target {

/// Lists everything that deleting `name` would remove; empty if nothing of it exists.
std::vector<std::string> what_is_lost(Driver& driver, const Pool& pool, const std::string& name);

/// Deletes the target `name` with its LUNs, its rules, the accounts that no other target uses, its saved
/// configuration, and its volume in the pool. Block devices and volumes outside of the pool keep their
/// content; profile and secrets stay. Throws Error(refused) while a session is logged in or a snapshot
/// exists, Error(failed) if there is nothing of that name.
Changes destroy(Driver& driver, const Pool& pool, const std::string& name);

}  // namespace san::target
