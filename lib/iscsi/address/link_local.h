// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

// Link-local IPv6 addresses mean something only together with an interface, their zone: fe80::1%eth0 (RFC
// 4007, 11).

/// Whether `host` is such an address, without a zone.
bool lacks_zone(const std::string& host);

/// `portal` with the zone of `from`, where it lacks one and `from` has one. What a target says of its own
/// addresses cannot name the interfaces of this machine: the one that it was asked through is meant.
Portal with_zone_of(Portal portal, const Portal& from);

/// `host` with % in place of the %25 that RFC 6874 wants in front of a zone in a URI. Where an interface is
/// named or numbered like what is behind the %, as in fe80::1%25, it is left as it is.
std::string with_plain_zone(const std::string& host);

/// Throws Error(failed) about `portal` where its host is a link-local address that names no interface of this
/// machine; the hint names those that have such addresses.
void check_zone(const Portal& portal);

/// Names of the interfaces with a link-local IPv6 address, each once.
std::vector<std::string> link_local_interfaces();

}  // namespace san::iscsi
