// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "target/create.h"

namespace san::target {

// Changes of an existing target. Each change is saved, too; if that fails it is undone. All are idempotent.

/// Result of attach().
struct Attached {
  Changes report;
  std::string target;
  std::uint16_t lun = 0;
};
/// Makes the volume a LUN of the target; without a number it gets the lowest free one from 1 on. Throws
/// Error(refused) if that LUN has another volume, or if the volume is used by another LUN or otherwise in
/// use; Error(usage) if the volume does not exist or its size does not fit its block size.
Attached attach(Driver& driver, const Pool& pool, const std::string& name, std::optional<std::uint16_t> lun,
                const TargetVolume& wanted);

/// Removes the LUN from the target; its volume stays as it is. Throws Error(refused) while a session is
/// logged in.
Changes detach(Driver& driver, const Pool& pool, const std::string& name, std::uint16_t lun);

/// Request to change the access to a target: adds initiators, or with `only` replaces all others. CHAP users
/// of the request replace those of the target; `no_chap` removes them.
struct AllowRequest {
  AccessRequest access;
  bool only = false, no_chap = false;
};
/// Changes the access rules of the target. Throws Error(usage) for mutual CHAP without CHAP and for one
/// secret in both directions, Error(failed) if the secrets of its current accounts are not known.
Changes allow(Driver& driver, const Pool& pool, const std::string& name, const AllowRequest& request);

/// Sets parameters, by the names of RFC 7143; existing sessions keep their values.
Changes tune(Driver& driver, const Pool& pool, const std::string& name,
             const std::map<std::string, std::string>& parameters);

}  // namespace san::target
