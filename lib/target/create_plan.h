// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "target/create.h"
#include "target/unfinished.h"

namespace san::target {

/// Steps that create() has to do. Everything else exists already as requested.
struct CreatePlan {
  bool make_volume = false, make_target = false, attach = false, allow = false, write_profile = false;
  std::string target;
  TargetVolume volume;
  std::uint64_t size = 0;                       ///< bytes
  std::map<std::string, Secret> known_secrets;  ///< secrets of the users that the target has already
  boot::BootProfile profile;

  /// Returns true if anything has to be changed: the volume, the target or the profile.
  bool changes() const { return make_volume || make_target || attach || allow || write_profile; }
  /// Returns the journal entry for the steps.
  Unfinished unfinished(const CreateRequest& request) const;
};

/// Throws Error(usage) for an invalid request.
void check_creation(const CreateRequest& request);

/// Compares the request with the existing objects and returns the steps to do; changes nothing. `request`
/// must have passed check_creation(). Throws Error(usage) for an unusable --device or profile, and
/// Error(refused) that lists every difference between the request and the existing objects.
CreatePlan plan_creation(Driver& driver, const Pool& pool, const CreateRequest& request);

}  // namespace san::target
