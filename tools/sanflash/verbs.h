// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool.h"

namespace san {

// Each adds one verb, whose file has its name. `common` must outlive `verbs`.

void add_list(Verbs& verbs, CommonOptions& common);
void add_show(Verbs& verbs, CommonOptions& common);
void add_set(Verbs& verbs, CommonOptions& common);
void add_priority(Verbs& verbs, CommonOptions& common);
void add_backup(Verbs& verbs, CommonOptions& common);
void add_restore(Verbs& verbs, CommonOptions& common);
void add_diff(Verbs& verbs, CommonOptions& common);
void add_verify(Verbs& verbs, CommonOptions& common);
void add_reset(Verbs& verbs, CommonOptions& common);
void add_export(Verbs& verbs, CommonOptions& common);
void add_rom(Verbs& verbs, CommonOptions& common);

}  // namespace san
