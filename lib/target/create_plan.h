// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "target/create.h"
#include "target/unfinished.h"

namespace san::target {

/// What create() has to do: everything that is not there. What is there is just what was asked for.
struct CreatePlan {
  bool make_volume = false, make_target = false, attach = false, allow = false, write_profile = false;
  std::string target;
  Volume volume;
  std::uint64_t size = 0;                       ///< bytes
  std::map<std::string, Secret> known_secrets;  ///< of users that the target has already
  boot::BootProfile profile;

  /// Whether the volume, the target or the profile is changed at all.
  bool changes() const { return make_volume || make_target || attach || allow || write_profile; }
  /// What is to be written down of it before it begins.
  Unfinished unfinished(const CreateRequest& request) const;
};

/// Throws Error(usage) for a request that makes no sense.
void check_creation(const CreateRequest& request);

/// Looks at what is there and changes nothing. `request` has passed check_creation(). Throws Error(usage) for
/// a
/// --device or a profile that will not do, and Error(refused) that names every difference between the request
/// and what is there.
CreatePlan plan_creation(Driver& driver, const Pool& pool, const CreateRequest& request);

}  // namespace san::target
