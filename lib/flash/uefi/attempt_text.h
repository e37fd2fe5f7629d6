// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "flash/uefi/iscsi_attempt.h"

namespace san::flash {

// The fields of an attempt as users know them.

/// Returns the portal of the target, "192.0.2.1:3260".
std::string portal_of(const IscsiAttempt& a);
/// Returns the machine's address with the prefix, or the method that assigns it.
std::string address_of(const IscsiAttempt& a);
/// Returns the gateway; empty if there is none, or if it is assigned with the address.
std::string gateway_of(const IscsiAttempt& a);
/// Returns "none", "CHAP", "mutual CHAP" or "Kerberos".
std::string auth_of(const IscsiAttempt& a);
/// Returns "unused", "off", "single" or "multipath".
std::string mode_of(const IscsiAttempt& a);
/// Returns "1" for LUN 1; all eight bytes if they have no plain form.
std::string lun_of(const std::array<std::uint8_t, 8>& lun);
/// Returns the length of a secret in place of the secret; empty if there is none.
std::string masked(const std::string& secret);

}  // namespace san::flash
