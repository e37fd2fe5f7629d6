// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "clone/clone_run.h"
#include "copy/engine/copier.h"

namespace san {

/// Reads a LUN source a second time, through new sessions. TCP's checksum is the only protection of data on
/// the way from a target (libiscsi 1.19 has no data digests), and only a second reading detects an error that
/// it misses. Returns nothing if the source is no LUN, verification at that level was not requested, the
/// target made the copy, or both readings agree; else the error. Throws the errors of reading the source.
std::optional<Error> second_reading(const CloneRun& run, const copy::CopyResult& first, Progress& progress);

}  // namespace san
