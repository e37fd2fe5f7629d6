// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/table.h"
#include "filesystem/used_only_device.h"

namespace san {

// What --used-only found. Null stands for a clone without it.

/// Bytes that are taken for zeros because no file system uses them.
std::uint64_t free_bytes(const UsedOnlyDevice* used_only);
/// One object a partition; null without --used-only.
Json used_only_json(const UsedOnlyDevice* used_only);
/// A line for the whole and one a partition; nothing without --used-only.
Printable used_only_text(const UsedOnlyDevice* used_only);
/// Warns of partitions that are copied whole although only what they use could be, with the reason.
void warn_of_whole_partitions(const UsedOnlyDevice& used_only);

}  // namespace san
