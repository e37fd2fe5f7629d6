// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "clone/plan_clone.h"
#include "clone_report.h"
#include "commands.h"
#include "core/process/log.h"
#include "output.h"

namespace san {

Exit dry_run_command(const CloneOptions& o) {
  const ClonePlan plan = plan_clone(o.run());
  for (const auto& [name, objections] : plan.destinations)
    for (const Error& objection : objections) log::message(log::Level::error, objection.what());
  if (o.common.json)
    print_json(plan_json(plan));
  else
    print_text(plan_text(plan));
  return plan.refused() ? Exit::refused : Exit::ok;
}

}  // namespace san
