// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/process/progress.h"
#include "target/create.h"

namespace san::target {

/// Keeps what the volume `name` of the pool holds now as its snapshot: shared blocks where the pool's file
/// system can (XFS, btrfs), else a full copy, with a warning. A machine that is logged in gets one only of
/// the first kind, and with it what a power cut would leave. Throws Error(refused) where the snapshot is
/// there, Error(failed), Error(interrupted).
Report take_snapshot(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                     Progress& progress);

/// Throws Error(failed) where there is none.
Report remove_snapshot(const Pool& pool, const std::string& name, const std::string& snapshot);

/// Puts what the snapshot holds into the volume's place; what the volume holds is lost, the snapshot stays.
/// At every moment the volume's file is wholly the old or wholly the new one, and a step that fails is taken
/// back. Throws Error(refused) while a session is there.
Report roll_back(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                 Progress& progress);

}  // namespace san::target
