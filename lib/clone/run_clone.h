// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clone/clone_result.h"
#include "clone/clone_run.h"

namespace san {

/// Makes a clone, step by step in the order that is safe: checks of the request, the source with its filters,
/// the destinations, the partition tables as they will be, everything that could be refused; then the data,
/// by the target or by Copier, with verification; what is behind the clone; the map; and a second reading.
///
/// A destination that fails is reported in the result. Throws Error if nothing can be cloned, the source
/// fails, or a stop is requested; with Exit::resumable if the clone had begun, and its map lets it go on.
CloneResult run_clone(CloneRun run);

}  // namespace san
