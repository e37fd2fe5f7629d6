// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"
#include "options.h"

namespace san {

// The commands of sanclone, with complete options. Each prints its result and returns the exit code; each
// throws Error.

Exit clone_command(const CloneOptions& o);
/// Prints what clone_command() would do, and writes nothing.
Exit dry_run_command(const CloneOptions& o);
Exit compare_command(const CloneOptions& o);

}  // namespace san
