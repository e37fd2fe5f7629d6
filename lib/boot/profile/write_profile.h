// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"

namespace san::boot {

/// The profile as TOML with short comments, which parse_boot_profile() reads as the same (but for `path`). A
/// profile that breaks a rule is written as it is.
std::string write_boot_profile(const BootProfile& profile);

/// Writes it to a new file of mode 0644, or, with `replace`, in place of one that is there. At every moment
/// either the whole file is there or nothing new, also where this process is killed: what it then leaves is
/// PATH.partial, which the next run removes. Throws Error(usage) for a profile that breaks a rule (its
/// line is that of the file as it would have been), Error(refused) where there is a file and `replace` is
/// false, Error(failed).
void save_boot_profile(const BootProfile& profile, const std::string& path, bool replace = false);

}  // namespace san::boot
