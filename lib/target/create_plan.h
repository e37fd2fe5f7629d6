// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "target/create.h"

namespace san::target {

/// What create() has to do: everything that is not there. What is there is just what was asked for.
struct CreatePlan {
  bool make_volume = false, make_target = false, attach = false, allow = false, write_profile = false;
  std::string target;
  Volume volume;
  std::uint64_t size = 0;                            ///< bytes
  std::map<std::string, std::string> known_secrets;  ///< of users that the target has already
  boot::BootProfile profile;
};

/// Looks at what is there and changes nothing. Throws Error(usage) for a request that makes no sense,
/// Error(refused) that names every difference between the request and what is there.
CreatePlan plan_creation(Driver& driver, const Pool& pool, const CreateRequest& request);

}  // namespace san::target
