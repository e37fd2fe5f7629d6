// SPDX-License-Identifier: Apache-2.0
#include "clone/destination_rest.h"

#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"
#include "partition/edit/table_device.h"

namespace san {
namespace {

/// Zeros that are written take minutes from here on.
constexpr std::uint64_t kLong = 64 * GiB;

}  // namespace

DestinationRest look_behind(const CloneRun& run, ReadableDevice& destination, std::uint64_t end,
                            std::uint64_t size, const partition::PartitionTable& table,
                            const partition::TablePlan& plan) {
  DestinationRest result;
  if (destination.sequential() || destination.size() <= end) return result;
  if (destination.resizable() && size <= end) {
    result.rest.offset = end;
    result.rest.length = destination.size() - end;
    result.cut = true;
    return result;
  }
  if (plan.table) result.table = partition::table_ranges(*plan.table);
  result.rest = filesystem::look_at_rest(destination, end, result.table, plan.grown ? &*plan.grown : nullptr);
  result.wiped = run.request.wipe_rest;
  result.written =
      run.request.zeros == CloneRequest::Zeros::write || destination.limits().unmap_granularity == 0;
  const partition::PartitionTable& on_clone = plan.table ? *plan.table : table;
  for (const filesystem::EndSignature& one : result.rest.found) {
    result.decides.push_back(filesystem::DiskRest::decides(one, &on_clone));
    if (result.decides.back() && !result.wiped)
      log::warning("{}: behind the clone there still is {}, at byte {}: {}; {} removes it",
                   destination.name(), one.name, one.offset, one.consequence, setting("wipe-rest"));
  }
  if (result.wiped && result.written && result.rest.length >= kLong)
    log::warning(
        "{}: to wipe the rest, {} of zeros are written, because it cannot be deallocated: this takes long",
        destination.name(), format_size(result.rest.length));
  return result;
}

void check_wiped(ReadableDevice& destination, const DestinationRest& rest, copy::DestinationResult& result) {
  if (!rest.wiped || result.error || !result.mismatches.empty()) return;
  try {
    if (!filesystem::look_at_rest(destination, rest.rest.offset, rest.table).zeros)
      result.error = Error(Exit::no, destination.name(),
                           "what is behind the clone was wiped, but does not read as zeros",
                           Hint(HintId::write_zeros_to_wipe, "clone again, and have zeros written"));
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    result.error = error;
  }
}

}  // namespace san
