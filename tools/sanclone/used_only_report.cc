// SPDX-License-Identifier: Apache-2.0
#include "used_only_report.h"

#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/units.h"

namespace san {

std::uint64_t free_bytes(const std::optional<FreeSpaceLeftOut>& used_only) {
  return used_only ? used_only->bytes : 0;
}

Json used_only_json(const std::optional<FreeSpaceLeftOut>& used_only) {
  if (!used_only) return nullptr;
  Json array = Json::array();
  for (const filesystem::UsedPartition& one : used_only->partitions) {
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

Printable used_only_text(const std::optional<FreeSpaceLeftOut>& used_only) {
  if (!used_only) return {};
  Printable text =
      format_text("  used only {} of free space taken for zeros\n", format_size(free_bytes(used_only)));
  for (const filesystem::UsedPartition& one : used_only->partitions) {
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

}  // namespace san
