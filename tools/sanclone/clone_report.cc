// SPDX-License-Identifier: Apache-2.0
#include "clone_report.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

#include "core/text/table.h"
#include "core/units.h"
#include "freeze_report.h"
#include "map_report.h"
#include "output.h"
#include "rest_report.h"
#include "table_report.h"
#include "used_only_report.h"

namespace san {
namespace {

const char* name(CloneRequest::Verify verify) {
  switch (verify) {
    case CloneRequest::Verify::none:
      return "none";
    case CloneRequest::Verify::full:
      return "full";
    case CloneRequest::Verify::written:
      return "written";
    case CloneRequest::Verify::sample:
      return "sample";
  }
  return "";
}

const char* title(partition::TableKind kind) {
  switch (kind) {
    case partition::TableKind::none:
      return "none";
    case partition::TableKind::mbr:
      return "MBR";
    case partition::TableKind::gpt:
      return "GPT";
    case partition::TableKind::hybrid:
      return "GPT with a hybrid MBR";
  }
  return "";
}

Json table_json(const std::optional<partition::PartitionTable>& table) {
  return table ? partition::to_json(*table) : Json(nullptr);
}

Printable table_text(const std::optional<partition::PartitionTable>& table) {
  if (!table) return {};
  Printable text;
  if (table->kind == partition::TableKind::none) {
    text = format_text("  table     none{}\n",
                       table->content.empty() ? "" : ": " + table->content + " on the whole device");
  } else {
    text =
        format_text("  table     {}, {} partition{}, blocks of {} bytes\n", title(table->kind),
                    table->partitions.size(), table->partitions.size() == 1 ? "" : "s", table->sector_size);
    if (!table->partitions.empty()) text += partition::to_table(*table).text("            ");
  }
  for (const Diagnostic& problem : table->problems)
    text += format_text("  {:<9} {}\n", severity_name(problem.severity), problem.text);
  return text;
}

/// Takes a RangeSet, or any list of Range.
template <typename Ranges>
Json ranges_json(const Ranges& ranges) {
  Json array = Json::array();
  for (const Range& range : ranges) array.push_back({{"offset", range.offset}, {"length", range.length}});
  return array;
}

Json seconds(double value) {
  return static_cast<double>(std::llround(value * 1000)) / 1000;
}

}  // namespace

Json plan_json(const ClonePlan& plan) {
  Json json;
  json["source"] = plan.source;
  json["dry_run"] = true;
  json["bytes"] = {
      {"total", plan.total}, {"data", plan.data}, {"zero", plan.zero}, {"free", free_bytes(plan.used_only)}};
  json["destinations"] = Json::array();
  for (std::size_t i = 0; i < plan.destinations.size(); ++i) {
    const auto& [url, objections] = plan.destinations[i];
    Json refusals = Json::array();
    for (const Error& error : objections) refusals.push_back(to_json(error));
    json["destinations"].push_back({{"url", url},
                                    {"state", objections.empty() ? "ready" : "refused"},
                                    {"refused", refusals},
                                    {"gpt", edits_json(plan.edits[i])},
                                    {"rest", rest_json(plan.rests[i])}});
  }
  json["gpt"] = table_json(plan.table);
  json["used_only"] = used_only_json(plan.used_only);
  return json;
}

Printable plan_text(const ClonePlan& plan) {
  Printable text = freeze_text(plan.frozen);
  text += format_text("{}\n  size      {}: {} to read, {} known to be zeros\n", plan.source,
                      format_size_exact(plan.total), format_size(plan.data), format_size(plan.zero));
  text += table_text(plan.table);
  text += used_only_text(plan.used_only);
  for (std::size_t i = 0; i < plan.destinations.size(); ++i) {
    const auto& [url, objections] = plan.destinations[i];
    text += format_text("to {}\n{}{}", url, edits_text(plan.edits[i]), rest_text(plan.rests[i], true));
    for (const Error& error : objections) text += format_text("  refused   {}\n", error.cause());
    if (objections.empty()) text += "  ready\n";
  }
  return text + "dry run: nothing was written\n";
}

Json clone_json(const CloneResult& clone, const CloneRequest& request) {
  const copy::CopyResult& result = clone.copy;
  Json json;
  json["source"] = clone.source;
  json["destinations"] = Json::array();
  copy::DestinationBytes sum;
  bool all_verified = !result.unsteady;
  Json first_error;
  for (std::size_t i = 0; i < result.destinations.size(); ++i) {
    const copy::DestinationResult& one = result.destinations[i];
    sum.written += one.bytes.written;
    sum.unmapped += one.bytes.unmapped;
    sum.skipped += one.bytes.skipped;
    sum.offloaded += one.bytes.offloaded;
    all_verified = all_verified && verified(one);
    if (one.error && first_error.is_null()) first_error = to_json(*one.error);
    json["destinations"].push_back({{"url", one.name},
                                    {"state", one.error                ? "failed"
                                              : one.mismatches.empty() ? "done"
                                                                       : "differs"},
                                    {"error", one.error ? to_json(*one.error) : Json(nullptr)},
                                    {"bytes",
                                     {{"written", one.bytes.written},
                                      {"unmapped", one.bytes.unmapped},
                                      {"skipped", one.bytes.skipped},
                                      {"offloaded", one.bytes.offloaded},
                                      {"verified", one.verified},
                                      {"compared", one.compared}}},
                                    {"gpt", edits_json(clone.tables[i])},
                                    {"rest", rest_json(clone.rests[i])},
                                    {"rewritten", ranges_json(one.rewritten)},
                                    {"mismatches", ranges_json(one.mismatches)}});
  }
  json["bytes"] = {{"total", result.total},    {"data", result.data},
                   {"zero", result.zero},      {"free", free_bytes(clone.used_only)},
                   {"written", sum.written},   {"skipped", sum.skipped},
                   {"unmapped", sum.unmapped}, {"offloaded", sum.offloaded},
                   {"bad", clone.bad.total()}};
  json["seconds"] = {{"total", seconds(result.seconds.total)},
                     {"copy", seconds(result.seconds.copy)},
                     {"flush", seconds(result.seconds.flush)},
                     {"verify", seconds(result.seconds.verify)}};
  json["hash"] = result.hashed ? Json(result.hash.hex()) : Json(nullptr);
  json["verify"] = name(request.verify);
  json["verified"] = request.verify == CloneRequest::Verify::none ? Json(nullptr) : Json(all_verified);
  json["gpt"] = table_json(clone.table);
  json["used_only"] = used_only_json(clone.used_only);
  json["bad"] = ranges_json(clone.bad);
  json["map"] = map_json(request.map, clone.map);
  if (!first_error.is_null()) json["error"] = first_error;
  json["source_changed"] = clone.source_changed ? Json(*clone.source_changed) : Json(nullptr);
  json["frozen"] = freeze_json(clone.frozen);
  return json;
}

Printable clone_text(const CloneResult& clone, const CloneRequest& request) {
  const copy::CopyResult& result = clone.copy;
  Printable text =
      format_text("{}\n  size      {}: {} data, {} zeros\n", clone.source, format_size_exact(result.total),
                  format_size(result.data), format_size(result.zero));
  text += table_text(clone.table);
  text += used_only_text(clone.used_only);
  for (const Range& range : clone.bad) text += format_text("  bad       {}: zeros\n", format_range(range));
  if (result.hashed) text += format_text("  hash      {} (XXH3-128)\n", result.hash.hex());
  for (std::size_t i = 0; i < result.destinations.size(); ++i) {
    const copy::DestinationResult& one = result.destinations[i];
    if (one.error) {
      text += format_text("to {}\n  failed    {}\n", one.name, one.error->cause());
      continue;
    }
    text += format_text("to {}\n  written   {}", one.name, format_size(one.bytes.written));
    if (one.bytes.offloaded > 0)
      text += format_text(", {} copied by the target itself", format_size(one.bytes.offloaded));
    if (one.bytes.unmapped > 0) text += format_text(", {} deallocated", format_size(one.bytes.unmapped));
    if (one.bytes.skipped > 0) text += format_text(", {} left as they were", format_size(one.bytes.skipped));
    text += "\n" + edits_text(clone.tables[i]) + rest_text(clone.rests[i], false) +
            map_text(request.map, clone.map, i, one.compared);
    if (request.verify == CloneRequest::Verify::none) continue;
    text += format_text("  verified  {} ({}): {}\n", format_size(one.verified), name(request.verify),
                        !one.mismatches.empty() ? "DIFFERENT"
                        : result.unsteady
                            ? "identical to what was read first, and the source gives other data now"
                            : "identical");
    for (const Range& range : one.rewritten)
      text += format_text("  rewritten {}: had other content than was written\n", format_range(range));
    for (const Range& range : one.mismatches) text += format_text("  differs   {}\n", format_range(range));
  }
  text += format_text("  time      {} (copy {}, flush {}, verify {}), {}\n",
                      format_seconds(result.seconds.total), format_seconds(result.seconds.copy),
                      format_seconds(result.seconds.flush), format_seconds(result.seconds.verify),
                      format_rate(static_cast<double>(result.total) / std::max(result.seconds.total, 1e-3)));
  return text + freeze_text(clone.frozen);
}

Json compare_json(const ComparedClone& compared) {
  const copy::CompareResult& result = compared.result;
  Json json;
  json["source"] = compared.source;
  json["destination"] = compared.destination;
  json["identical"] = result.identical();
  json["bytes"] = {{"compared", result.compared}, {"differing", result.differing}};
  json["ranges"] = ranges_json(result.ranges);
  json["more"] = result.more;
  json["used_only"] = used_only_json(compared.used_only);
  json["seconds"] = {{"total", seconds(result.seconds)}};
  json["gpt"] = compared.table ? edits_json(*compared.table) : Json(nullptr);
  return json;
}

Printable compare_text(const ComparedClone& compared) {
  const copy::CompareResult& result = compared.result;
  if (result.identical())
    return format_text("identical: {} of {} and {}\n", format_size_exact(result.compared), compared.source,
                       compared.destination) +
           (compared.table ? edits_text(*compared.table) : Printable());
  Printable text = format_text("different: {} of the {} of {} and {}\n", format_size_exact(result.differing),
                               format_size(result.compared), compared.source, compared.destination);
  for (const Range& range : result.ranges) text += format_text("  {}\n", format_range(range));
  if (result.more) text += "  and more\n";
  return text;
}

}  // namespace san
