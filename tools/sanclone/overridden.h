// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/clone_checks.h"

namespace san {

/// Warns that the run goes on in spite of `overridden`, because of --force.
void warn_of_overridden(const copy::Overridden& overridden);

}  // namespace san
