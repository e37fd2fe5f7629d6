// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "picture/disk_layout.h"

namespace san::report {

/// Returns the layout as JSON; sizes in bytes, unknown values null. `fill` and `stored` of a region are the
/// bytes used and stored in each of up to 64 equal parts of it; null for a part of which the device does not
/// report all.
Json to_json(const picture::DiskLayout& layout);

}  // namespace san::report
