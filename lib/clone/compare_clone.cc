// SPDX-License-Identifier: Apache-2.0
#include "clone/compare_clone.h"

#include <memory>
#include <utility>

#include "clone/clone_devices.h"
#include "clone/clone_source.h"
#include "clone/table_edits.h"
#include "core/units.h"

namespace san {
namespace {

/// A clone of which the table was edited is one all the same. One that has the source's table without having
/// been asked for another is taken as it is, too: it need not have been made by this program.
std::unique_ptr<partition::TableView> edited_table(const CloneRun& run, CloneSource& from,
                                                   ReadableDevice& destination, partition::TablePlan& plan) {
  const CloneRequest& request = run.request;
  const bool asked_for = request.grow_last || request.new_ids || request.sector_convert;
  try {
    plan = plan_table_for(run, from.device(), from.table(), destination, destination.size(),
                          request.new_ids ? partition::ids_of(partition::read_partition_table(destination))
                                          : partition::system_random);
  } catch (const Error& error) {
    // A clone that is refused now, because firmware would not find its table, may have been made without an
    // error before.
    if (error.code() != Exit::refused || asked_for || request.fit_gpt == CloneRequest::Fit::require) throw;
    return nullptr;
  }
  auto edited = view_table(run, from.device(), from.table(), plan, destination);
  if (edited && !asked_for && edited->holds_source()) edited.reset();
  return edited;
}

}  // namespace

ComparedClone compare_clone(CloneRun run) {
  run.purpose = CloneRun::Purpose::compare;
  if (is_stream(run.request.source))
    throw Error(Exit::usage, "-", "standard input cannot be compared", "give the name of a file");
  CloneSource from(run);
  ReadableDevice* const source = &from.device();
  const auto destination = look_at_destination(run, run.request.destinations.at(0));
  if (destination->size() < source->size())
    throw Error(Exit::no, destination->name(),
                "holds " + format_size_exact(destination->size()) + ", the source " +
                    format_size_exact(source->size()));
  Progress progress(run.progress_sink());
  copy::CompareOptions options;
  options.block = run.copy_options().block;
  partition::TablePlan plan;
  const auto edited = edited_table(run, from, *destination, plan);
  ComparedClone compared;
  compared.source = source->name();
  compared.destination = destination->name();
  compared.used_only = left_out(from.used_only());
  copy::CompareResult& result = compared.result;
  result = copy::compare(*source, edited ? *edited : *destination, source->size(), options, progress);
  from.all_read();
  if (edited)
    for (const Range& range : edited->wrong_beyond()) {
      result.differing += range.length;
      result.ranges.push_back(range);
    }
  if (edited && result.identical()) compared.table = std::move(plan);
  return compared;
}

}  // namespace san
