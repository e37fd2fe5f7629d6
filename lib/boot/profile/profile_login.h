// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "boot/profile/boot_profile.h"
#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

/// Where that secret file of the profile is: relative to the directory of the profile.
std::string secret_path(const BootProfile& profile, const std::string& file);

/// How the machine logs in. No file is read.
iscsi::ProfileLogin profile_login(const BootProfile& profile);

/// The same with the secrets, which are read now. Throws Error(usage) that names the file of a secret that
/// will not do.
iscsi::Credentials credentials(const BootProfile& profile);

/// The portal that this machine should use: `reach`, else the first one, unless there are two and the first
/// does not take a TCP connection within `patience`, then the second. Which one that is goes to the log.
iscsi::Portal choose_portal(const BootProfile& profile,
                            std::chrono::milliseconds timeout = std::chrono::seconds(3));

/// The profile's LUN, at that portal.
iscsi::Url url(const BootProfile& profile);

}  // namespace san::boot
