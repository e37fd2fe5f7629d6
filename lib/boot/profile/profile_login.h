// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "boot/profile/boot_profile.h"
#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

/// Resolves the name of a secret file relative to the directory of the profile.
std::string secret_path(const BootProfile& profile, const std::string& file);

/// Reads the secrets and returns the machine's login settings with them. Throws Error(usage) that names the
/// file of an unsuitable secret.
iscsi::Credentials credentials(const BootProfile& profile);

/// Returns the portal that this machine should use: `reach` if it is set, else the first portal. If there are
/// two and the first does not accept a TCP connection within `timeout`, returns the second, without trying
/// it, and logs that.
iscsi::Portal choose_portal(const BootProfile& profile,
                            std::chrono::milliseconds timeout = std::chrono::seconds(3));

/// Returns the URL of the profile's LUN at choose_portal().
iscsi::Url url(const BootProfile& profile);

}  // namespace san::boot
