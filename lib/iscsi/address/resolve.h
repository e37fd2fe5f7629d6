// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

/// The numeric portals that a host name stands for, in the resolver's order. libiscsi 1.19 would try only the
/// first address, and block while it resolves. Throws Error(failed) that names the host, also where it is a
/// link-local address without its interface.
std::vector<Portal> resolve(const Portal& portal);

/// The addresses of a host, as resolve(), but no longer than until `until`: a resolver may take a minute to
/// say no. Throws Error(failed).
std::vector<Portal> resolve_until(const Portal& portal, std::chrono::steady_clock::time_point until);

}  // namespace san::iscsi
