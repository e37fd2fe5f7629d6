// SPDX-License-Identifier: Apache-2.0
#include "report/disk/layout_json.h"

#include <nlohmann/json.hpp>

namespace san::report {
namespace {

constexpr std::size_t kParts = 64;

Json known(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json parts(const picture::Occupancy& occupancy) {
  return occupancy.empty() ? Json(nullptr) : Json(occupancy.parts(kParts));
}

Json stored_parts(const picture::LayoutRegion& region) {
  Json result = parts(region.stored);
  const std::vector<std::uint64_t> unreported = region.unreported.parts(kParts);
  for (std::size_t i = 0; i < unreported.size(); ++i)
    if (unreported[i] > 0) result[i] = nullptr;
  return result;
}

Json volume_json(const picture::LayoutVolume& volume) {
  const auto bytes = [&](std::uint64_t value) { return volume.known ? Json(value) : Json(nullptr); };
  const partition::Partition& entry = volume.entry;
  const bool whole = entry.number == 0;
  return {{"number", whole ? Json(nullptr) : Json(entry.number)},
          {"offset", entry.offset},
          {"size", entry.length},
          {"type", known(entry.type_name)},
          {"type_id", known(entry.type_id)},
          {"name", known(entry.name)},
          {"partition_uuid", known(entry.uuid)},
          {"active", entry.active},
          {"extended", entry.extended},
          {"content", volume.content},
          {"label", known(volume.label)},
          {"uuid", known(volume.uuid)},
          {"file_system_size", bytes(volume.spanned)},
          {"used", bytes(volume.used)},
          {"free", bytes(volume.free)},
          {"dirty", volume.known || volume.dirty ? Json(volume.dirty) : Json(nullptr)},
          {"why_unknown", known(volume.why_unknown)},
          {"grow", known(volume.grow)}};
}

Json region_json(const picture::DiskLayout& layout, const picture::LayoutRegion& region) {
  Json owners = Json::array();
  for (const std::size_t owner : region.owners) owners.push_back(layout.table.partitions[owner].number);
  return {{"kind", to_string(region.kind)},
          {"offset", region.offset},
          {"size", region.length},
          {"table", known(region.table)},
          {"partitions", std::move(owners)},
          {"extended_partition", region.container != 0 ? Json(region.container) : Json(nullptr)},
          {"fill", parts(region.used)},
          {"stored", stored_parts(region)}};
}

}  // namespace

Json to_json(const picture::DiskLayout& layout) {
  const picture::LayoutTotals& totals = layout.totals;
  const auto reported = [&](std::uint64_t value) {
    return layout.tells_stored() ? Json(value) : Json(nullptr);
  };
  Json out = {{"device", layout.device}, {"size", layout.size}};
  Json table = to_json(layout.table);
  table.erase("partitions");  // are below, with what is in them
  out["table"] = std::move(table);
  out["totals"] = {
      {"used", totals.used},       {"free", totals.free},   {"behind_file_systems", totals.slack},
      {"unknown", totals.unknown}, {"table", totals.table}, {"unallocated", totals.unallocated},
      {"beyond", totals.beyond}};
  out["allocation"] = {{"data", reported(totals.data)},
                       {"zero", reported(totals.zero)},
                       {"unknown", layout.size - totals.data - totals.zero},
                       {"incomplete", known(layout.why_not_stored)}};
  out["partitions"] = Json::array();
  for (const picture::LayoutVolume& volume : layout.volumes) out["partitions"].push_back(volume_json(volume));
  out["regions"] = Json::array();
  for (const picture::LayoutRegion& region : layout.regions)
    out["regions"].push_back(region_json(layout, region));
  return out;
}

}  // namespace san::report
