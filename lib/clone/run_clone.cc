// SPDX-License-Identifier: Apache-2.0
#include "clone/run_clone.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "block/filter/bad_map_file.h"
#include "clone/by_target.h"
#include "clone/clone_devices.h"
#include "clone/clone_source.h"
#include "clone/destinations_in_use.h"
#include "clone/request_checks.h"
#include "clone/second_reading.h"
#include "clone/source_watch.h"
#include "clone/table_edits.h"
#include "copy/engine/map_use.h"

namespace san {
namespace {

copy::DeltaMode delta_mode(CloneRequest::Delta delta) {
  switch (delta) {
    case CloneRequest::Delta::automatic:
      return copy::DeltaMode::automatic;
    case CloneRequest::Delta::compare:
      return copy::DeltaMode::compare;
    case CloneRequest::Delta::trust:
      return copy::DeltaMode::trust;
  }
  return copy::DeltaMode::automatic;
}

void check_distinct(const std::vector<Device*>& destinations) {
  std::vector<std::string> names, identities;
  for (const ReadableDevice* destination : destinations) {
    names.push_back(destination->name());
    identities.push_back(destination->identity().id);
  }
  for (const auto& duplicate : duplicates(names, identities))
    if (duplicate) throw Error(*duplicate);
}

/// The destinations, opened, and as the copy sees them.
struct Destinations {
  Destinations(const CloneRun& run, std::uint64_t size) {
    for (const std::string& one : run.request.destinations) {
      owners.push_back(open_destination(run, one, size));
      devices.push_back(owners.back().get());
    }
  }
  std::vector<std::unique_ptr<Device>> owners;
  std::vector<Device*> devices;
};

/// Returns true if each destination is good, and nothing else speaks against the clone.
bool all_good(const CloneResult& result) {
  return result.bad.empty() && std::all_of(result.copy.destinations.begin(), result.copy.destinations.end(),
                                           [](const copy::DestinationResult& one) { return verified(one); });
}

/// The clone map, and what of the destinations is read back because of it.
copy::MapUse use_map(const CloneRun& run, copy::CloneMap* map, const std::vector<Device*>& destinations,
                     const std::optional<partition::PartitionTable>& table) {
  copy::MapUse use{map, {}};
  for (std::size_t i = 0; map != nullptr && i < destinations.size(); ++i) {
    use.decisions.push_back(copy::decide_delta(*map, i, *destinations[i], delta_mode(run.request.delta),
                                               table ? &*table : nullptr));
    use.stale.push_back(use.decisions[i].stale());
    stale_table_ranges(table, use.stale.back());
  }
  return use;
}

}  // namespace

std::optional<FreeSpaceLeftOut> left_out(const filesystem::UsedOnlyDevice* used_only) {
  if (used_only == nullptr) return std::nullopt;
  return FreeSpaceLeftOut{used_only->free_bytes(), used_only->partitions()};
}

bool verified(const copy::DestinationResult& destination) {
  return !destination.error && destination.mismatches.empty();
}

CloneResult run_clone(CloneRun run) {
  const CloneRequest& request = run.request;
  const auto input = open_stream(run);
  check_abilities(request, input.get(), {});
  std::optional<CloneSource> opened;
  std::variant<ReadableDevice*, copy::InputStream*> from = input.get();
  std::optional<SourceWatch> watch;
  if (!input) from = &watch.emplace(request, opened.emplace(run)).device();
  ReadableDevice* const source = opened ? &opened->device() : nullptr;
  const auto size = source != nullptr ? std::optional(source->size()) : std::nullopt;
  run.keep_table = opened && opened->cut_off();

  CloneResult result;
  result.source = source != nullptr ? source->name() : input->name();
  if (opened) result.table = opened->table();
  if (opened) result.used_only = left_out(opened->used_only());

  Destinations to(run, size.value_or(0));
  check_abilities(request, input.get(), to.devices);
  check_distinct(to.devices);
  const DestinationsInUse in_use(to.devices);
  EditedTables edited(run, source, size, result.table, to.devices);

  copy::CopyOptions options = run.copy_options();
  if (watch) options.source_check = [&watch] { watch->check(); };
  if (opened && opened->freeze().holds()) options.source_read = [&opened] { opened->all_read(); };
  std::unique_ptr<copy::CloneMap> map;
  if (!request.map.empty() && source != nullptr) {
    options.block = copy::map_block(options, *source, to.devices);
    map = copy::CloneMap::open(
        request.map, copy::map_subject(*source, request.source, to.devices, options.block), request.fresh);
  }
  std::optional<BadMapFile> written_down;
  if (!request.bad_map.empty() && opened) written_down.emplace(request.bad_map, *opened->rescue());
  try {
    Progress progress(run.progress_sink());
    const copy::MapUse use = use_map(run, map.get(), to.devices, result.table);
    result.map = use.decisions;
    if (auto offloaded = clone_by_target(run, source, to.devices, options, progress))
      result.copy = std::move(*offloaded);
    else
      result.copy = copy::Copier(from, to.devices, options, progress, use).run();
    if (input && !input->cut_off()) {
      StreamedTables streamed = edit_streamed(run, to.devices, result.copy);
      edited.plans = std::move(streamed.plans);
      edited.rests = std::move(streamed.rests);
    }
    for (std::size_t i = 0; i < to.devices.size(); ++i)
      check_wiped(*to.owners[i], edited.rests[i], result.copy.destinations[i]);
    if (map) map->seal();
  } catch (const Error& error) {
    if (error.code() != Exit::failed || request.map.empty()) throw;
    throw error.with(Exit::resumable, error.cause());
  }
  result.tables = std::move(edited.plans);
  result.rests = std::move(edited.rests);
  if (opened && opened->rescue() != nullptr) result.bad = opened->rescue()->bad();
  if (written_down) {
    try {
      written_down->finish();
    } catch (const Error& error) {
      result.bad_map_error = error;
    }
  }
  if (opened && !result.bad_map_error && all_good(result)) {
    Progress progress(run.progress_sink());
    result.unsteady = second_reading(run, result.copy, progress);
    result.copy.unsteady = result.unsteady.has_value();
  }
  if (watch && result.copy.hashed) result.source_changed = watch->changed();
  if (opened) result.frozen = opened->freeze().result();
  return result;
}

}  // namespace san
