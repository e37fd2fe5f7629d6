// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool.h"

namespace san {

// Each adds one verb, whose file has its name (rollback's is snapshot.cc). `common` must outlive `verbs`.

void add_discover(Verbs& verbs, CommonOptions& common);
void add_list(Verbs& verbs, CommonOptions& common);
void add_show(Verbs& verbs, CommonOptions& common);
void add_map(Verbs& verbs, CommonOptions& common);
void add_bench(Verbs& verbs, CommonOptions& common);
void add_probe(Verbs& verbs, CommonOptions& common);
void add_create(Verbs& verbs, CommonOptions& common);
void add_delete(Verbs& verbs, CommonOptions& common);
void add_attach(Verbs& verbs, CommonOptions& common);
void add_detach(Verbs& verbs, CommonOptions& common);
void add_allow(Verbs& verbs, CommonOptions& common);
void add_tune(Verbs& verbs, CommonOptions& common);
void add_snapshot(Verbs& verbs, CommonOptions& common);
void add_rollback(Verbs& verbs, CommonOptions& common);

}  // namespace san
