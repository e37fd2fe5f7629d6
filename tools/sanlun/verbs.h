// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool.h"

namespace san {

// Each adds one verb, whose file has its name. `common` lives as long as `verbs`.

void add_list(Verbs& verbs, CommonOptions& common);
void add_map(Verbs& verbs, CommonOptions& common);

}  // namespace san
