// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clone/clone_result.h"
#include "clone/compare_clone.h"
#include "clone/plan_clone.h"
#include "core/json.h"
#include "core/text/printable.h"
#include "sanboot/clone.h"

namespace san {

Json plan_json(const ClonePlan& plan);
Printable plan_text(const ClonePlan& plan);

Json clone_json(const CloneResult& result, const CloneRequest& request);
Printable clone_text(const CloneResult& result, const CloneRequest& request);

Json compare_json(const ComparedClone& compared);
Printable compare_text(const ComparedClone& compared);

}  // namespace san
