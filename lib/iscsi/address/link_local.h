// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

// Link-local IPv6 addresses are unique only together with an interface, their zone: fe80::1%eth0 (RFC 4007,
// 11).

/// Returns true if `host` is a link-local IPv6 address without a zone.
bool lacks_zone(const std::string& host);

/// Returns `portal` with the zone of `from` if `portal` lacks one and `from` has one. An address that a
/// target advertises cannot name an interface of this machine, so the one through which the target was asked
/// is used.
Portal with_zone_of(Portal portal, const Portal& from);

/// Returns `host` with % in place of the %25 that RFC 6874 requires before a zone in a URI. It is left as it
/// is if the text after the % is the name or number of an interface, as in fe80::1%25.
std::string with_plain_zone(const std::string& host);

/// Throws Error(failed) about `portal` if its host is a link-local address whose zone is missing or is no
/// interface of this machine. The hint lists the interfaces that have link-local addresses.
void check_zone(const Portal& portal);

/// Returns the names of the interfaces with a link-local IPv6 address, each once.
std::vector<std::string> link_local_interfaces();

}  // namespace san::iscsi
