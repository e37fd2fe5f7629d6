// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

/// Returns the numeric portals of a host name, in the resolver's order. libiscsi 1.19 would try only the
/// first address, and would block during the resolution. Throws Error(failed) that names the host, also if it
/// is a link-local address without its interface.
std::vector<Portal> resolve(const Portal& portal);

/// Resolves like resolve(), but returns or throws by `until`: a resolver may take a minute to fail. Throws
/// Error(failed).
std::vector<Portal> resolve_until(const Portal& portal, std::chrono::steady_clock::time_point until);

}  // namespace san::iscsi
