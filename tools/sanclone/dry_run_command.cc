// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <nlohmann/json.hpp>

#include "clone_report.h"
#include "core/process/log.h"
#include "core/units.h"
#include "devices.h"
#include "open/open_device.h"
#include "output.h"
#include "overridden.h"
#include "table_edits.h"

namespace san {
namespace {

void add_duplicates(ClonePlan& plan, const std::vector<std::string>& identities) {
  std::vector<std::string> names;
  for (const auto& destination : plan.destinations) names.push_back(destination.first);
  const auto found = duplicates(names, identities);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i]) plan.destinations[i].second.push_back(*found[i]);
}

}  // namespace

Exit dry_run_command(const CloneOptions& given) {
  CloneOptions o = given;
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "standard input cannot be examined without reading it");
  Source from(o);
  if (from.cut_off()) o.fit_gpt = false;
  ReadableDevice* const source = &from.device();
  const partition::PartitionTable& table = from.table();
  ClonePlan plan = measure_plan(*source, o.copy.block);
  bool refused = false;
  std::vector<std::string> identities;
  for (const std::string& typed : o.destinations) {
    std::string name = typed;
    std::vector<Error> objections;
    partition::TablePlan& edit = plan.edits.emplace_back();
    DestinationRest& rest = plan.rests.emplace_back();
    identities.emplace_back();
    try {
      if (will_be_created(name)) {
        identities.back() = identity_of(name, nullptr);
        edit = plan_table_for(o, *source, table, source->size(), 0);
      } else {
        const auto destination = open_for_reading(o, name);
        if (profile_file(typed)) name = destination->name();  // its URL, as in the result of a clone
        identities.back() = identity_of(typed, destination.get());
        const std::uint64_t size = size_with_clone(o, *destination, source->size());
        edit = plan_table_for(o, *source, table, *destination, size);
        copy::CloneObjections found = copy::clone_objections(source, edit.table ? &*edit.table : &table,
                                                             *destination, source->size(), o.overrides);
        for (const copy::Overridden& one : found.overridden) warn_of_overridden(one);
        objections = std::move(found.refusals);
        if (objections.empty())
          rest = look_behind(o, *destination, round_up(source->size(), destination->limits().logical_block),
                             size, table, edit);
      }
      if (edit.new_ids) edit.notes.back() = "the disk and its partitions get new identifiers";
      warn_of_edits(name, edit);
    } catch (const Error& error) {
      if (error.code() != Exit::refused) throw;
      objections.push_back(error);
    }
    plan.destinations.emplace_back(name, std::move(objections));
  }
  add_duplicates(plan, identities);
  for (const auto& [name, objections] : plan.destinations) refused = refused || !objections.empty();
  for (const auto& [name, objections] : plan.destinations)
    for (const Error& objection : objections) log::message(log::Level::error, objection.what());
  if (o.common.json)
    print_json(plan_json(source->name(), plan, table, from.used_only()));
  else
    print_text(from.freeze().text() + plan_text(source->name(), plan, table, from.used_only()));
  return refused ? Exit::refused : Exit::ok;
}

}  // namespace san
