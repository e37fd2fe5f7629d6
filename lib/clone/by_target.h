// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "clone/clone_run.h"
#include "copy/engine/copier.h"

namespace san {

/// Clones by the target, depending on the request. Returns nothing if that is not requested or not possible,
/// or failed, which has then been reported; the clone must then be made in the usual way, from the beginning.
/// Throws Error if a fallback is not allowed.
std::optional<copy::CopyResult> clone_by_target(const CloneRun& run, ReadableDevice* source,
                                                const std::vector<Device*>& destinations,
                                                const copy::CopyOptions& options, Progress& progress);

}  // namespace san
