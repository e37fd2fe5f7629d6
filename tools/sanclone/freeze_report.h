// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "clone/source_freeze.h"
#include "core/json.h"
#include "core/text/printable.h"

namespace san {

// Result of --freeze. Nothing means a clone without it.

/// Returns the value of "frozen"; null without --freeze.
Json freeze_json(const std::optional<FrozenSource>& frozen);
/// Returns a line of text; empty without --freeze.
Printable freeze_text(const std::optional<FrozenSource>& frozen);

}  // namespace san
