// SPDX-License-Identifier: Apache-2.0
#include "clone/plan_clone.h"

#include <algorithm>

#include "clone/clone_devices.h"
#include "clone/clone_source.h"
#include "clone/table_edits.h"
#include "copy/plan.h"
#include "core/units.h"
#include "open/open_device.h"

namespace san {
namespace {

void add_duplicates(ClonePlan& plan, const std::vector<std::string>& identities) {
  std::vector<std::string> names;
  for (const auto& destination : plan.destinations) names.push_back(destination.first);
  const auto found = duplicates(names, identities);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i]) plan.destinations[i].second.push_back(*found[i]);
}

/// Adds up the extents of `source`.
void measure(ReadableDevice& source, std::uint64_t block, ClonePlan& plan) {
  plan.total = source.size();
  copy::Plan pieces(source, {0, source.size()}, block);
  while (const auto piece = pieces.next()) (piece->zero ? plan.zero : plan.data) += piece->length;
}

}  // namespace

bool ClonePlan::refused() const {
  return std::any_of(destinations.begin(), destinations.end(),
                     [](const auto& destination) { return !destination.second.empty(); });
}

ClonePlan plan_clone(CloneRun run) {
  run.purpose = CloneRun::Purpose::plan;
  if (is_stream(run.request.source))
    throw Error(Exit::usage, "-", "standard input cannot be examined without reading it");
  CloneSource from(run);
  run.keep_table = from.cut_off();
  ReadableDevice* const source = &from.device();
  const partition::PartitionTable& table = from.table();
  ClonePlan plan;
  plan.source = source->name();
  plan.table = table;
  plan.used_only = left_out(from.used_only());
  plan.frozen = from.freeze().result();
  measure(*source, run.copy_options().block, plan);
  std::vector<std::string> identities;
  for (const std::string& typed : run.request.destinations) {
    std::string name = typed;
    std::vector<Error> objections;
    partition::TablePlan& edit = plan.edits.emplace_back();
    DestinationRest& rest = plan.rests.emplace_back();
    identities.emplace_back();
    try {
      if (will_be_created(name)) {
        identities.back() = identity_of(name, nullptr);
        edit = plan_table_for(run, *source, table, source->size(), 0);
      } else {
        const auto destination = look_at_destination(run, name);
        if (profile_file(typed)) name = destination->name();  // its URL, as in the result of a clone
        identities.back() = identity_of(typed, destination.get());
        const std::uint64_t size = size_with_clone(run, *destination, source->size());
        edit = plan_table_for(run, *source, table, *destination, size);
        copy::CloneObjections found = copy::clone_objections(source, edit.table ? &*edit.table : &table,
                                                             *destination, source->size(), run.overrides());
        for (const copy::Overridden& one : found.overridden) warn_of_overridden(one);
        objections = std::move(found.refusals);
        if (objections.empty())
          rest = look_behind(run, *destination, round_up(source->size(), destination->limits().logical_block),
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
  return plan;
}

}  // namespace san
