// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <nlohmann/json.hpp>

#include "clone_report.h"
#include "core/units.h"
#include "devices.h"
#include "output.h"
#include "table_edits.h"

namespace san {
namespace {

/// A clone of which the table was edited is one all the same. One that has the source's table without having
/// been asked for another is taken as it is, too: it need not have been made by this program.
std::unique_ptr<partition::TableView> edited_table(const CloneOptions& o, Source& from,
                                                   ReadableDevice& destination, partition::TablePlan& plan) {
  try {
    plan = plan_table_for(o, from.device(), from.table(), destination, destination.size(),
                          o.new_ids ? partition::ids_of(partition::read_partition_table(destination))
                                    : partition::system_random);
  } catch (const Error& error) {
    // A clone that is refused now, because firmware would not find its table, may have been made without an
    // error before.
    const bool asked_for = o.must_fit_gpt || o.grow_last || o.new_ids || o.sector_convert;
    if (error.code() != Exit::refused || asked_for) throw;
    return nullptr;
  }
  auto edited = view_table(o, from.device(), from.table(), plan, destination);
  const bool asked_for = o.grow_last || o.new_ids || o.sector_convert;
  if (edited && !asked_for && edited->holds_source()) edited.reset();
  return edited;
}

}  // namespace

Exit compare_command(const CloneOptions& o) {
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "standard input cannot be compared", "give the name of a file");
  Source from(o);
  ReadableDevice* const source = &from.device();
  const auto destination = open_for_reading(o, o.destinations[0]);
  if (destination->size() < source->size())
    throw Error(Exit::no, destination->name(),
                "holds " + format_size_exact(destination->size()) + ", the source " +
                    format_size_exact(source->size()));
  Progress progress(make_progress_sink(o.common.progress));
  copy::CompareOptions options;
  options.block = o.copy.block;
  partition::TablePlan plan;
  const auto edited = edited_table(o, from, *destination, plan);
  copy::CompareResult result =
      copy::compare(*source, edited ? *edited : *destination, source->size(), options, progress);
  from.all_read();
  if (edited)
    for (const Range& range : edited->wrong_beyond()) {
      result.differing += range.length;
      result.ranges.push_back(range);
    }
  Json json = compare_json(source->name(), destination->name(), result, from.used_only());
  // Data that differ may have any table and any identifiers.
  json["gpt"] = edited && result.identical() ? edits_json(plan) : Json(nullptr);
  if (o.common.json)
    print_json(json);
  else if (!o.common.quiet)
    print_text(compare_text(source->name(), destination->name(), result) +
               (edited && result.identical() ? edits_text(plan) : Printable()));
  return result.identical() ? Exit::ok : Exit::no;
}

}  // namespace san
