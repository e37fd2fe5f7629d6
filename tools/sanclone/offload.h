// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "copy/engine/copier.h"
#include "options.h"

namespace san {

/// Has the target clone by itself, by --offload. Nothing: it is not to, or cannot, or did it badly, and that
/// has been said; then the clone is to be made in the usual way, from the beginning. Throws Error where that
/// is no way out.
std::optional<CopyResult> clone_by_target(const CloneOptions& o, Device* source,
                                          const std::vector<Device*>& destinations,
                                          const CopyOptions& options, Progress& progress);

}  // namespace san
