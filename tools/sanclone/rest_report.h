// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clone/destination_rest.h"
#include "core/json.h"
#include "core/text/printable.h"

namespace san {

/// Returns the value of "rest" of a destination; null if there is none.
Json rest_json(const DestinationRest& rest);
/// Returns the lines about a destination; empty if there is no rest, or only zeros.
Printable rest_text(const DestinationRest& rest, bool dry_run);

}  // namespace san
