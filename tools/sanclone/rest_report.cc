// SPDX-License-Identifier: Apache-2.0
#include "rest_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/process/log.h"
#include "core/text/table.h"
#include "core/units.h"
#include "partition/edit/table_device.h"

namespace san {
namespace {

/// Zeros that are written take minutes from here on.
constexpr std::uint64_t kLong = 64 * GiB;

const char* to_string(filesystem::EndSignature::Effect effect) {
  switch (effect) {
    case filesystem::EndSignature::Effect::none:
      return "none";
    case filesystem::EndSignature::Effect::table:
      return "table";
    case filesystem::EndSignature::Effect::member:
      return "member";
  }
  return "";
}

}  // namespace

DestinationRest look_behind(const CloneOptions& o, ReadableDevice& destination, std::uint64_t end,
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
  result.wiped = o.copy.wipe_rest;
  result.written = o.copy.zero == copy::ZeroPolicy::write || destination.limits().unmap_granularity == 0;
  const partition::PartitionTable& on_clone = plan.table ? *plan.table : table;
  for (const filesystem::EndSignature& one : result.rest.found) {
    result.decides.push_back(filesystem::DiskRest::decides(one, &on_clone));
    if (result.decides.back() && !result.wiped)
      log::warning("{}: behind the clone there still is {}, at byte {}: {}; --wipe-rest removes it",
                   destination.name(), one.name, one.offset, one.consequence);
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
                           "run the same command again with --zero=write");
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    result.error = error;
  }
}

Json rest_json(const DestinationRest& rest) {
  if (rest.rest.length == 0) return nullptr;
  Json found = Json::array();
  for (std::size_t i = 0; i < rest.rest.found.size(); ++i) {
    const filesystem::EndSignature& one = rest.rest.found[i];
    found.push_back({{"offset", one.offset},
                     {"what", one.name},
                     {"effect", to_string(one.effect)},
                     {"decides", static_cast<bool>(rest.decides[i])},
                     {"consequence", one.consequence.empty() ? Json(nullptr) : Json(one.consequence)}});
  }
  return {{"offset", rest.rest.offset},
          {"length", rest.rest.length},
          {"zeros", rest.cut ? Json(nullptr) : Json(rest.rest.zeros)},
          {"cut", rest.cut},
          {"wiped", rest.wiped},
          {"found", found}};
}

Printable rest_text(const DestinationRest& rest, bool dry_run) {
  const std::string length = format_size(rest.rest.length);
  if (rest.cut)
    return format_text(
        "  rest      {} behind the clone {} cut off; --keep-size leaves a file as long as it is\n", length,
        dry_run ? "will be" : "were");
  if (rest.rest.length == 0 || (rest.rest.zeros && !rest.wiped)) return {};
  Printable text;
  if (rest.wiped)
    text = format_text("  rest      {} behind the clone {} zeros{}\n", length, dry_run ? "become" : "are now",
                       rest.written ? ", which are written" : "");
  else
    text = format_text("  rest      {} behind the clone keep what was there{}\n", length,
                       rest.rest.found.empty() ? "; nothing of it is recognised" : "");
  for (const filesystem::EndSignature& one : rest.rest.found)
    text += format_text("  rest      {}{} at byte {}{}{}\n", rest.wiped && !dry_run ? "there was " : "",
                        one.name, one.offset, one.consequence.empty() || rest.wiped ? "" : ": ",
                        rest.wiped ? "" : one.consequence);
  return text;
}

}  // namespace san
