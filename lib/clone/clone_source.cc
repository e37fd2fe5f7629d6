// SPDX-License-Identifier: Apache-2.0
#include "clone/clone_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "clone/clone_devices.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "filesystem/disk_table.h"

namespace san {
namespace {

/// Returns the reason why the source would be refused as in use if that was not overridden; empty if it would
/// not.
std::string why_in_use(CloneRun run, const std::vector<dev_t>& frozen) {
  run.request.force.live = false;
  try {
    open_source(run, frozen);
    return {};
  } catch (const Error& error) {
    if (error.code() != Exit::refused) throw;
    return "the source is " + error.cause();
  }
}

/// The table of what was cut off is evidence, and left as it is.
void refuse_edits(const CloneRequest& request) {
  const std::pair<bool, const char*> edits[] = {{request.grow_last, "grow-last"},
                                                {request.new_ids, "new-ids"},
                                                {request.sector_convert, "sector-convert"}};
  for (const auto& [given, name] : edits)
    if (given)
      throw Error(Exit::refused, setting(name), "would edit the partition table of a source that was cut off",
                  "leave it out");
}

/// Warns of partitions that are copied whole although their free space could be left out, with the reason.
void warn_of_whole_partitions(const filesystem::UsedOnlyDevice& used_only) {
  const auto& partitions = used_only.partitions();
  // A table in doubt, or a source in use, is one reason for all of them.
  const bool same =
      partitions.size() > 1 && std::ranges::all_of(partitions, [&](const filesystem::UsedPartition& one) {
        return one.warning && one.copy_whole_reason == partitions.front().copy_whole_reason;
      });
  for (const filesystem::UsedPartition& one : partitions) {
    if (!one.warning) continue;
    const std::string& why = one.copy_whole_reason;
    if (same) return log::warning("{}: all partitions are copied whole: {}", used_only.name(), why);
    if (one.number == 0)
      log::warning("{}: copied whole: {}", used_only.name(), why);
    else
      log::warning("{}: partition {} ({}) is copied whole: {}", used_only.name(), one.number, one.content,
                   why);
  }
}

}  // namespace

CloneSource::CloneSource(const CloneRun& run) : freeze_(run) {
  const CloneRequest& request = run.request;
  const std::vector<dev_t> frozen = freeze_.numbers();
  std::string copy_whole_reason;
  if (request.used_only && request.force.live) copy_whole_reason = why_in_use(run, frozen);
  device_ = open_source(run, frozen);
  if (request.retries) rescue_ = std::make_unique<RescueDevice>(*device_, *request.retries);
  if (freeze_.freeze() != nullptr)
    frozen_ = std::make_unique<FrozenDevice>(rescue_ ? *rescue_ : *device_, *freeze_.freeze());
  table_ = filesystem::read_disk_table(readable());
  if (run.purpose != CloneRun::Purpose::compare) {
    const auto overridden =
        copy::check_length(device_->name(), filesystem::needed_length(readable(), table_), run.overrides(),
                           {HintId::force_cut_file, "get a complete copy of it"});
    cut_off_ = overridden.has_value();
    if (overridden) warn_of_overridden(*overridden);
  }
  if (cut_off_) refuse_edits(request);
  if (!request.used_only) return;
  // If the clone may not have this table, no space counts as free.
  const bool no_mbr = table_.protective == partition::ProtectiveState::missing;
  if ((!run.fits_table() || no_mbr) && lives_by_backup(table_) && copy_whole_reason.empty())
    copy_whole_reason = "the partitions are only in the backup GPT, and may not be found on the clone";
  filesystem::UsedOnlyDevice::Options options;
  options.copy_whole_reason = std::move(copy_whole_reason);
  used_only_ = std::make_unique<filesystem::UsedOnlyDevice>(readable(), table_, options);
  warn_of_whole_partitions(*used_only_);
}

ReadableDevice& CloneSource::readable() {
  if (frozen_) return *frozen_;
  return rescue_ ? *rescue_ : *device_;
}

void CloneSource::all_read() {
  if (freeze_.freeze() != nullptr) freeze_.freeze()->end(device_->name());
}

}  // namespace san
