// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "target/create.h"

namespace san::target {

/// What deleting a name would take away; empty where there is nothing of it.
std::vector<std::string> what_is_lost(Driver& driver, const Pool& pool, const std::string& name);

/// Takes away the target `name` with its LUNs, rules, and accounts that no other target has, its written
/// form, and its volume of the pool. Block devices and volumes that are not the pool's keep their content,
/// profile and secrets stay. Throws Error(refused) while a session is logged in or a snapshot is left,
/// Error(failed) where there is nothing of that name.
Report destroy(Driver& driver, const Pool& pool, const std::string& name);

}  // namespace san::target
