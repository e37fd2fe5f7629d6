// SPDX-License-Identifier: Apache-2.0
#include "used_only_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/process/log.h"
#include "core/text/table.h"
#include "core/units.h"

namespace san {

std::uint64_t free_bytes(const filesystem::UsedOnlyDevice* used_only) {
  return used_only != nullptr ? used_only->free_bytes() : 0;
}

Json used_only_json(const filesystem::UsedOnlyDevice* used_only) {
  if (used_only == nullptr) return nullptr;
  Json array = Json::array();
  for (const filesystem::UsedPartition& one : used_only->partitions()) {
    const bool whole = !one.copy_whole_reason.empty();
    array.push_back({{"number", one.number},
                     {"offset", one.offset},
                     {"size", one.length},
                     {"content", one.content},
                     {"state", whole ? "whole" : "used"},
                     {"reason", whole ? Json(one.copy_whole_reason) : Json(nullptr)},
                     {"used", one.used()},
                     {"free", one.free}});
  }
  return array;
}

Printable used_only_text(const filesystem::UsedOnlyDevice* used_only) {
  if (used_only == nullptr) return {};
  Printable text =
      format_text("  used only {} of free space taken for zeros\n", format_size(free_bytes(used_only)));
  for (const filesystem::UsedPartition& one : used_only->partitions()) {
    const Printable name =
        one.number == 0 ? SourceText("whole device") : format_text("partition {}", one.number);
    text += format_text("            {}, {}: ", name, one.content);
    if (one.copy_whole_reason.empty())
      text += format_text("{} used, {} free\n", format_size(one.used()), format_size(one.free));
    else
      text += format_text("copied whole, {}: {}\n", format_size(one.length), one.copy_whole_reason);
  }
  return text;
}

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

}  // namespace san
