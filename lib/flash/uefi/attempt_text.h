// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "flash/uefi/iscsi_attempt.h"
#include "iscsi/address/url.h"

namespace san::flash {

// The fields of an attempt as users know them.

/// Returns the portal of the target, by address or, in an attempt that has a URL, by name.
iscsi::Portal portal_of(const IscsiAttempt& a);
/// Returns the length of the netmask's prefix in bits.
unsigned prefix_of(const IscsiAttempt& a);
/// Returns the machine's address with the prefix, or the method that assigns it.
std::string address_of(const IscsiAttempt& a);
/// Returns the gateway; empty if there is none, or if it is assigned with the address.
std::string gateway_of(const IscsiAttempt& a);
/// Returns "none", "CHAP", "mutual CHAP", "Kerberos" or "unknown".
std::string auth_of(const IscsiAttempt& a);
/// Returns "unused", "off", "single" or "multipath".
std::string mode_of(const IscsiAttempt& a);
/// Returns the number of a LUN in peripheral or flat addressing (SAM-5, 4.7); nothing for any other form.
std::optional<std::uint16_t> plain_lun(const std::array<std::uint8_t, 8>& lun);
/// Returns "1" for LUN 1; all eight bytes if they have no plain form.
std::string lun_of(const std::array<std::uint8_t, 8>& lun);
/// Returns the length of a secret in place of the secret; empty if there is none.
std::string masked(const std::string& secret);

}  // namespace san::flash
