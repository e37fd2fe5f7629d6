// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "copy/engine/pipeline.h"
#include "core/process/progress.h"

namespace san::copy {

/// Waits until all pipelines, whose finish() has been called, have ended. Shows the stage of the hindmost as
/// a phase of `progress`, each stage once: "wipe", "flush", "verify" with the repair, "boot region". A phase
/// with a total ends with all of it done, unless a destination failed. Calls `check`, which may throw,
/// several times a second.
void await_end(const std::vector<const DestinationPipeline*>& pipelines, Progress& progress,
               ChangeSignal& signal, const std::function<void()>& check);

}  // namespace san::copy
