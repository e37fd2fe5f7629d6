// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json.h"
#include "core/text/printable.h"
#include "filesystem/used_only_device.h"

namespace san {

// Results of --used-only. A null pointer means a clone without it.

/// Returns the number of bytes that count as zeros because no file system uses them.
std::uint64_t free_bytes(const filesystem::UsedOnlyDevice* used_only);
/// Returns one object per partition; null without --used-only.
Json used_only_json(const filesystem::UsedOnlyDevice* used_only);
/// Returns a line for the whole source and one per partition; empty without --used-only.
Printable used_only_text(const filesystem::UsedOnlyDevice* used_only);
/// Warns of partitions that are copied whole although --used-only applies to their type, with the reason.
void warn_of_whole_partitions(const filesystem::UsedOnlyDevice& used_only);

}  // namespace san
