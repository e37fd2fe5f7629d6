// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"

namespace san::boot {

/// Returns the profile as TOML with short comments; parse_boot_profile() reads it as an equal one (but for
/// `path`). A profile that breaks a rule is written as it is.
std::string write_boot_profile(const BootProfile& profile);

/// Writes the profile to a new file of mode 0644, or, with `replace`, in place of an existing one. The file
/// is complete or absent (or the old one) at every moment, even if this process is killed: that leaves
/// PATH.partial, which the next run removes. Throws Error(usage) for a profile that breaks a rule (with the
/// line that it would have had in the file), Error(refused) if there is a file and `replace` is false,
/// Error(failed).
void save_boot_profile(const BootProfile& profile, const std::string& path, bool replace = false);

}  // namespace san::boot
