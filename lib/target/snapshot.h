// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/process/progress.h"
#include "target/create.h"

namespace san::target {

/// Takes a snapshot of the volume `name` of the pool: shared blocks if the pool's file system supports it
/// (XFS, btrfs), else a full copy, with a warning. While an initiator is logged in only shared blocks are
/// accepted, and the snapshot is crash-consistent: it holds what a power cut at this moment would leave.
/// Throws Error(refused) if the snapshot exists or the volume cannot be copied, Error(failed),
/// Error(interrupted).
Changes take_snapshot(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                      Progress& progress);

/// Removes a snapshot. Throws Error(failed) if there is none.
Changes remove_snapshot(const Pool& pool, const std::string& name, const std::string& snapshot);

/// Replaces the content of the volume by that of the snapshot; the volume's content is lost, the snapshot
/// stays. At every moment the volume's file is completely the old or completely the new one, and a step that
/// fails is undone. Throws Error(refused) while a session is logged in.
Changes roll_back(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                  Progress& progress);

}  // namespace san::target
