// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "block/filter/bad_map_file.h"
#include "clone_report.h"
#include "commands.h"
#include "copy/engine/map_use.h"
#include "core/process/log.h"
#include "core/units.h"
#include "devices.h"
#include "offload.h"
#include "output.h"
#include "overridden.h"
#include "second_reading.h"
#include "source_watch.h"
#include "table_edits.h"

namespace san {
namespace {

/// Adds to an error that the clone can be resumed, if there is a map.
Error resumable(const Error& error, const CloneOptions& o) {
  if (error.code() != Exit::failed || o.map.empty()) return error;
  return {Exit::resumable, error.object(), error.cause(),
          error.hint().empty() ? "run the same command again to go on"
                               : error.hint() + "; then run the same command again to go on"};
}

/// Returns zero on success, the error's code if the only destination failed, `failed` if one of several did.
Exit outcome(const copy::CopyResult& result, const CloneOptions& o) {
  for (const copy::DestinationResult& one : result.destinations)
    if (one.error) return result.destinations.size() == 1 ? resumable(*one.error, o).code() : Exit::failed;
  if (o.copy.verify == copy::VerifyMode::none) return Exit::ok;
  for (const copy::DestinationResult& one : result.destinations)
    if (!verified(one)) return Exit::no;
  return Exit::ok;
}

/// The result as text, beside the disk if that goes to standard output.
void print_report(const CloneOptions& o, const Printable& text) {
  if (std::find(o.destinations.begin(), o.destinations.end(), "-") == o.destinations.end())
    print_text(text);
  else
    print_aside(text);
}

/// Says on stderr what is wrong with each destination.
void complain(const copy::CopyResult& result, const CloneOptions& o) {
  for (const copy::DestinationResult& one : result.destinations) {
    if (one.error) {
      log::message(log::Level::error, resumable(*one.error, o).what());
    } else if (!one.mismatches.empty()) {
      const Error error(Exit::no, one.name,
                        "does not hold what was written: " + format_range(one.mismatches[0]) + " differs",
                        "do not use the clone; look at the target's storage");
      log::message(log::Level::error, error.what());
    }
  }
}

Error bad_ranges(const std::string& name, const RangeSet& bad) {
  return {Exit::no, name,
          fmt::format("{} in {} place{} cannot be read, and {} zeros in the clone",
                      format_size_exact(bad.total()), bad.size(), bad.size() == 1 ? "" : "s",
                      bad.size() == 1 ? "is" : "are"),
          "check the file systems of the clone, and replace the disk"};
}

/// Throws what forbids to use a map, or a stream, with the other options.
void check_abilities(const CloneOptions& o, const copy::InputStream* input,
                     const std::vector<Device*>& destinations) {
  if (input != nullptr && o.used_only)
    throw Error(Exit::usage, "--used-only", "needs a source that can be read at any place",
                "use an image or a disk");
  if (input != nullptr && o.retries)
    throw Error(Exit::usage, "--on-read-error", "needs a source that can be read at any place",
                "use an image or a disk");
  if (input != nullptr && o.sector_convert)
    throw Error(Exit::usage, "--sector-convert", "needs a source that can be read at any place",
                "use an image or a disk");
  for (const Device* destination : destinations)
    if (input != nullptr && destination->sequential() && (o.grow_last || o.new_ids))
      throw Error(Exit::usage, o.new_ids ? "--new-ids" : "--grow-last",
                  destination->name() + " cannot be changed after it was written, and " + input->name() +
                      " cannot be looked into before");
  if (o.map.empty()) return;
  if (input != nullptr)
    throw Error(Exit::usage, "--map",
                "needs a source that can be read again, and " + input->name() + " is not one");
  for (const Device* destination : destinations)
    if (destination->sequential())
      throw Error(Exit::usage, "--map", destination->name() + " cannot be resumed", "leave out --map");
}

/// `from` is null for a stream.
void print_result(const CloneOptions& o, const std::string& name, const copy::CopyResult& result,
                  const Source* from, const MapReport& map_report, const RangeSet& bad,
                  const std::vector<partition::TablePlan>& plans, const std::vector<DestinationRest>& rests,
                  const Json& source_changed) {
  const auto table = from != nullptr ? std::optional(from->table()) : std::nullopt;
  const filesystem::UsedOnlyDevice* const used_only = from != nullptr ? from->used_only() : nullptr;
  if (o.common.json) {
    Json json = clone_json(name, result, o.copy, table, used_only, map_report, bad, plans, rests);
    json["source_changed"] = source_changed;
    json["frozen"] = from != nullptr ? from->freeze().json() : nullptr;
    return print_json(json);
  }
  if (o.common.quiet || std::any_of(result.destinations.begin(), result.destinations.end(),
                                    [](const copy::DestinationResult& one) { return one.error.has_value(); }))
    return;
  print_report(o, clone_text(name, result, o.copy, table, used_only, map_report, bad, plans, rests) +
                      (from != nullptr ? from->freeze().text() : Printable()));
}

void check_distinct(const std::vector<Device*>& destinations) {
  std::vector<std::string> names, identities;
  for (const Device* destination : destinations) {
    names.push_back(destination->name());
    identities.push_back(destination->identity().id);
  }
  for (const auto& duplicate : duplicates(names, identities))
    if (duplicate) throw Error(*duplicate);
}

/// The tables of the destinations, planned, and all that could be refused.
struct EditedTables {
  /// Replaces `destinations` by devices that show them as if no table had been edited. `source` and `table`
  /// are null for a stream. Throws Error(refused).
  EditedTables(const CloneOptions& o, ReadableDevice* source, std::optional<std::uint64_t> size,
               const std::optional<partition::PartitionTable>& table, std::vector<Device*>& destinations);

  std::vector<partition::TablePlan> plans;
  std::vector<DestinationRest> rests;
  std::vector<std::unique_ptr<partition::TableDevice>> devices;
};

EditedTables::EditedTables(const CloneOptions& o, ReadableDevice* source, std::optional<std::uint64_t> size,
                           const std::optional<partition::PartitionTable>& table,
                           std::vector<Device*>& destinations)
    : plans(destinations.size()), rests(destinations.size()) {
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    const partition::PartitionTable* shall = table ? &*table : nullptr;
    if (table)
      plans[i] =
          plan_table_for(o, *source, *table, *destinations[i], size_with_clone(o, *destinations[i], *size));
    if (plans[i].table) shall = &*plans[i].table;
    const copy::CloneObjections found =
        copy::clone_objections(source, shall, *destinations[i], size, o.overrides);
    for (const copy::Overridden& one : found.overridden) warn_of_overridden(one);
    if (!found.refusals.empty()) throw Error(found.refusals.front());
  }
  for (std::size_t i = 0; table && i < destinations.size(); ++i) {
    warn_of_edits(destinations[i]->name(), plans[i]);
    Device& destination = *destinations[i];
    rests[i] = look_behind(o, destination, round_up(*size, destination.limits().logical_block),
                           size_with_clone(o, destination, *size), *table, plans[i]);
    devices.push_back(edit_table(o, *source, *table, plans[i], *destinations[i]));
    if (devices.back()) destinations[i] = devices.back().get();
  }
}

}  // namespace

Exit clone_command(const CloneOptions& given) {
  CloneOptions o = given;
  const auto input = open_stream(o);
  check_abilities(o, input.get(), {});
  std::optional<Source> opened;
  std::variant<ReadableDevice*, copy::InputStream*> from = input.get();
  std::optional<SourceWatch> watch;
  if (!input) from = &watch.emplace(o, opened.emplace(o)).device();
  ReadableDevice* const source = opened ? &opened->device() : nullptr;
  const auto size = source != nullptr ? std::optional(source->size()) : std::nullopt;
  const auto table = opened ? std::optional(opened->table()) : std::nullopt;
  const std::string name = source != nullptr ? source->name() : input->name();
  if (opened && opened->cut_off()) o.fit_gpt = false;

  std::vector<std::unique_ptr<Device>> owners;
  std::vector<Device*> destinations;
  for (const std::string& destination : o.destinations) {
    owners.push_back(open_for_writing(o, destination, size.value_or(0)));
    destinations.push_back(owners.back().get());
  }
  check_abilities(o, input.get(), destinations);
  check_distinct(destinations);
  EditedTables edited(o, source, size, table, destinations);

  copy::CopyOptions options = o.copy;
  if (watch) options.source_check = [&watch] { watch->check(); };
  if (opened && opened->freeze().holds()) options.source_read = [&opened] { opened->all_read(); };
  std::unique_ptr<copy::CloneMap> map;
  if (!o.map.empty() && source != nullptr) {
    options.block = copy::map_block(options, *source, destinations);
    map = copy::CloneMap::open(o.map, copy::map_subject(*source, o.source, destinations, options.block),
                               o.fresh);
  }
  std::optional<BadMapFile> written_down;
  if (!o.bad_map.empty() && opened) written_down.emplace(o.bad_map, *opened->rescue());
  MapReport map_report{o.map, {}};
  copy::CopyResult result;
  try {
    Progress progress(make_progress_sink(o.common.progress));
    copy::MapUse use{map.get(), {}};
    for (std::size_t i = 0; map && i < destinations.size(); ++i) {
      use.decisions.push_back(
          copy::decide_delta(*map, i, *destinations[i], o.delta_mode, table ? &*table : nullptr));
      use.stale.push_back(use.decisions[i].stale());
      map_report.destinations.push_back(use.decisions[i]);
      stale_table_ranges(table, use.stale.back());
    }
    if (auto offloaded = clone_by_target(o, source, destinations, options, progress))
      result = std::move(*offloaded);
    else
      result = copy::Copier(from, destinations, options, progress, use).run();
    if (input && !input->cut_off()) {
      StreamedTables streamed = edit_streamed(o, destinations, result);
      edited.plans = std::move(streamed.plans);
      edited.rests = std::move(streamed.rests);
    }
    for (std::size_t i = 0; i < destinations.size(); ++i)
      check_wiped(*owners[i], edited.rests[i], result.destinations[i]);
    if (map) map->seal();
  } catch (const Error& error) {
    throw resumable(error, o);
  }
  complain(result, o);
  Exit code = outcome(result, o);
  RangeSet bad;
  if (opened && opened->rescue() != nullptr) {
    bad = opened->rescue()->bad();
    if (written_down) written_down->finish();
    if (!bad.empty()) log::message(log::Level::error, bad_ranges(name, bad).what());
    if (!bad.empty() && code == Exit::ok) code = Exit::no;
  }
  if (opened && code == Exit::ok) {
    Progress progress(make_progress_sink(o.common.progress));
    if (const auto differs = second_reading(o, result, progress)) {
      log::message(log::Level::error, differs->what());
      code = differs->code();
      result.unsteady = true;
    }
  }
  print_result(o, name, result, opened ? &*opened : nullptr, map_report, bad, edited.plans, edited.rests,
               watch && result.hashed ? watch->json() : Json(nullptr));
  return code;
}

}  // namespace san
