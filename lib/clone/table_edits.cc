// SPDX-License-Identifier: Apache-2.0
#include "clone/table_edits.h"

#include <fmt/core.h>

#include <algorithm>

#include "block/filter/front_device.h"
#include "block/zero_detection.h"
#include "clone/clone_devices.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"
#include "filesystem/block_size.h"
#include "filesystem/grow_advice.h"
#include "partition/partition_types.h"

namespace san {
namespace {

partition::TableEdits wanted_edits(const CloneRun& run) {
  const CloneRequest& request = run.request;
  return {run.fits_table(), request.fit_gpt == CloneRequest::Fit::require, request.grow_last, request.new_ids,
          request.sector_convert};
}

/// A file system that counts in the source's blocks is lost in those of the destination.
void check_contents(const CloneRun& run, ReadableDevice& source, const partition::PartitionTable& table,
                    std::uint32_t block) {
  for (const partition::Partition& p : table.partitions) {
    if (p.extended || p.length == 0 || p.type_id == partition::gpt_type::microsoft_reserved) continue;
    const filesystem::BlockSizeFit fit = filesystem::block_size_fit(source, p.offset, p.length, block);
    if (fit.answer == filesystem::BlockSizeFit::Answer::works) continue;
    const bool unknown = fit.answer == filesystem::BlockSizeFit::Answer::unknown;
    const Error error(
        Exit::refused, table.device,
        fmt::format("partition {} may not be moved to blocks of {} bytes: {}", p.number, block, fit.why),
        unknown ? Hint(HintId::force_independent, "make sure that it does not depend on them")
                : Hint("create a volume with blocks of " + std::to_string(table.sector_size) + " bytes"));
    if (!unknown || !run.request.force.unknown_content) throw Error(error);
    warn_of_overridden({"unknown-content", error.object(), error.cause()});
  }
}

/// Adds to an error that the clone itself is complete.
Error after_clone(const Error& error, const ReadableDevice& destination) {
  return {error.code(), destination.name(),
          "the clone is complete, but its partition table was not edited: " + error.cause(), error.hint()};
}

/// `front` is the clone on `device`, whose end may still hold the table of another disk.
partition::TablePlan edit_in_place(const CloneRun& run, Device& device, FrontDevice& front,
                                   const partition::PartitionTable& table) {
  partition::TablePlan plan = plan_table_for(run, front, table, device, device.size());
  if (!plan.table) return plan;
  const auto patches = partition::table_patches(front, table, *plan.table, device.limits().logical_block);
  partition::apply_table(device, *plan.table);
  for (const partition::TablePatch& patch : patches)  // where the backup was, and it is not by now
    if (all_zero(patch.wanted)) write_wait(device, patch.offset, patch.wanted);
  flush_wait(device);
  return plan;
}

}  // namespace

partition::TablePlan plan_table_for(const CloneRun& run, ReadableDevice& source,
                                    const partition::PartitionTable& table, std::uint64_t size,
                                    std::uint32_t block, const partition::RandomBytes& random) {
  partition::TablePlan plan = partition::plan_table(table, size, block, wanted_edits(run), random);
  if (plan.converted) check_contents(run, source, table, block);
  if (plan.grown) {
    const auto before =
        std::find_if(table.partitions.begin(), table.partitions.end(),
                     [&](const partition::Partition& p) { return p.number == plan.grown->number; });
    plan.notes.insert(plan.notes.end() - (plan.new_ids ? 1 : 0),
                      filesystem::grow_advice(source, before->offset, before->length, before->number));
  }
  return plan;
}

partition::TablePlan plan_table_for(const CloneRun& run, ReadableDevice& source,
                                    const partition::PartitionTable& table, const ReadableDevice& destination,
                                    std::uint64_t size, const partition::RandomBytes& random) {
  return plan_table_for(run, source, table, size,
                        destination.has_blocks() ? destination.limits().logical_block : 0, random);
}

namespace {

/// Returns what the plan changes on the destination; nothing if it keeps the table.
std::vector<partition::TablePatch> patches_for(const CloneRun& run, ReadableDevice& source,
                                               const partition::PartitionTable& table,
                                               const partition::TablePlan& plan,
                                               const ReadableDevice& destination) {
  if (!plan.table) return {};
  auto patches = partition::table_patches(source, table, *plan.table, destination.limits().logical_block);
  // Wiped ranges must read as zeros for the wipe.
  for (partition::TablePatch& patch : patches)
    if (run.request.wipe_rest && patch.source.empty()) patch.source.resize(patch.wanted.size());
  return patches;
}

}  // namespace

std::unique_ptr<partition::TableView> view_table(const CloneRun& run, ReadableDevice& source,
                                                 const partition::PartitionTable& table,
                                                 const partition::TablePlan& plan,
                                                 ReadableDevice& destination) {
  auto patches = patches_for(run, source, table, plan, destination);
  if (patches.empty()) return nullptr;
  return std::make_unique<partition::TableView>(destination, std::move(patches));
}

std::unique_ptr<partition::TableDevice> edit_table(const CloneRun& run, ReadableDevice& source,
                                                   const partition::PartitionTable& table,
                                                   const partition::TablePlan& plan, Device& destination) {
  auto patches = patches_for(run, source, table, plan, destination);
  if (patches.empty()) return nullptr;
  return std::make_unique<partition::TableDevice>(destination, std::move(patches), copy::kHead,
                                                  run.request.verify != CloneRequest::Verify::none);
}

EditedTables::EditedTables(const CloneRun& run, ReadableDevice* source, std::optional<std::uint64_t> size,
                           const std::optional<partition::PartitionTable>& table,
                           std::vector<Device*>& destinations)
    : plans(destinations.size()), rests(destinations.size()) {
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    const partition::PartitionTable* shall = table ? &*table : nullptr;
    if (table)
      plans[i] = plan_table_for(run, *source, *table, *destinations[i],
                                size_with_clone(run, *destinations[i], *size));
    if (plans[i].table) shall = &*plans[i].table;
    const copy::CloneObjections found =
        copy::clone_objections(source, shall, *destinations[i], size, run.overrides());
    for (const copy::Overridden& one : found.overridden) warn_of_overridden(one);
    if (!found.refusals.empty()) throw Error(found.refusals.front());
  }
  for (std::size_t i = 0; table && i < destinations.size(); ++i) {
    warn_of_edits(destinations[i]->name(), plans[i]);
    Device& destination = *destinations[i];
    rests[i] = look_behind(run, destination, round_up(*size, destination.limits().logical_block),
                           size_with_clone(run, destination, *size), *table, plans[i]);
    devices.push_back(edit_table(run, *source, *table, plans[i], *destinations[i]));
    if (devices.back()) destinations[i] = devices.back().get();
  }
}

StreamedTables edit_streamed(const CloneRun& run, const std::vector<Device*>& destinations,
                             copy::CopyResult& result) {
  StreamedTables edited{std::vector<partition::TablePlan>(destinations.size()),
                        std::vector<DestinationRest>(destinations.size())};
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    Device& device = *destinations[i];
    copy::DestinationResult& outcome = result.destinations[i];
    if (outcome.error || !outcome.mismatches.empty() || device.sequential()) continue;
    try {
      FrontDevice front(device, round_up(result.total, device.limits().logical_block));
      const partition::PartitionTable table = partition::read_partition_table(front);
      edited.plans[i] = edit_in_place(run, device, front, table);
      warn_of_edits(device.name(), edited.plans[i]);
      edited.rests[i] = look_behind(run, device, front.size(), device.size(), table, edited.plans[i]);
    } catch (const Error& error) {
      if (error.code() == Exit::interrupted) throw;
      outcome.error = after_clone(error, device);
    }
  }
  return edited;
}

void stale_table_ranges(const std::optional<partition::PartitionTable>& table, RangeSet& stale) {
  if (table) stale.add(partition::table_ranges(*table));
}

void warn_of_edits(const std::string& destination, const partition::TablePlan& plan) {
  for (const std::string& warning : plan.warnings) log::warning("{}: {}", destination, warning);
}

}  // namespace san
