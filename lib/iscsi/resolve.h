// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "iscsi/url.h"

namespace san::iscsi {

/// The numeric portals that a host name stands for, in the resolver's order. libiscsi 1.19 would try only the
/// first address, and block while it resolves. Throws Error(failed) that names the host.
std::vector<Portal> resolve(const Portal& portal);

}  // namespace san::iscsi
