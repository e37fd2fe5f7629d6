// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "clone/clone_result.h"
#include "core/json.h"
#include "core/text/printable.h"

namespace san {

// Results of --used-only. Nothing means a clone without it.

/// Returns the number of bytes that count as zeros because no file system uses them.
std::uint64_t free_bytes(const std::optional<FreeSpaceLeftOut>& used_only);
/// Returns one object per partition; null without --used-only.
Json used_only_json(const std::optional<FreeSpaceLeftOut>& used_only);
/// Returns a line for the whole source and one per partition; empty without --used-only.
Printable used_only_text(const std::optional<FreeSpaceLeftOut>& used_only);

}  // namespace san
