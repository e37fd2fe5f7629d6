// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <nlohmann/json.hpp>

#include "clone_report.h"
#include "core/log.h"
#include "devices.h"

namespace san {

Exit dry_run_command(const CloneOptions& o) {
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "nothing can be said of standard input without reading it");
  Source from(o);
  Device* const source = &from.device();
  const std::optional<PartitionTable>& table = from.table();
  ClonePlan plan = measure_plan(*source, o.copy.block);
  bool refused = false;
  for (const std::string& name : o.destinations) {
    std::vector<Error> objections;
    if (!will_be_created(name)) {
      try {
        const auto destination = open(o, name, false);
        objections = clone_objections(source, &*table, *destination, source->size(), o.overrides);
      } catch (const Error& error) {
        if (error.code() != Exit::refused) throw;
        objections.push_back(error);
      }
    }
    refused = refused || !objections.empty();
    plan.destinations.emplace_back(name, std::move(objections));
  }
  for (const auto& [name, objections] : plan.destinations)
    for (const Error& objection : objections) log::message(log::Level::error, objection.what());
  if (o.common.json)
    print_json(plan_json(source->name(), plan, table, from.used_only()));
  else
    print_text(from.freeze().text() + plan_text(source->name(), plan, table, from.used_only()));
  return refused ? Exit::refused : Exit::ok;
}

}  // namespace san
