// SPDX-License-Identifier: Apache-2.0
#include "table_report.h"

#include <nlohmann/json.hpp>
#include <string>

#include "core/text/table.h"
#include "core/units.h"

namespace san {
namespace {

Json names(const partition::TablePlan& plan) {
  Json array = Json::array();
  if (plan.converted) array.push_back("sector-convert");
  if (plan.fitted) array.push_back("fit");
  if (plan.grown) array.push_back("grow-last");
  if (plan.new_ids) array.push_back("new-ids");
  return array;
}

}  // namespace

Json edits_json(const partition::TablePlan& plan) {
  if (plan.silent()) return nullptr;
  Json json;
  json["edits"] = names(plan);
  json["unfitted"] = plan.unfitted.empty() ? Json(nullptr) : Json(plan.unfitted);
  json["notes"] = plan.notes;
  json["warnings"] = plan.warnings;
  json["table"] = plan.table ? partition::to_json(*plan.table) : Json(nullptr);
  return json;
}

Printable edits_text(const partition::TablePlan& plan) {
  Printable text;
  if (plan.converted)
    text += format_text("  table     converted to blocks of {} bytes\n", plan.table->sector_size);
  if (plan.fitted)
    text += format_text("  table     fitted to {}: the backup GPT is at the end\n",
                        format_size_exact(plan.table->device_size));
  if (!plan.unfitted.empty()) text += format_text("  table     left as it is: {}\n", plan.unfitted);
  for (const std::string& note : plan.notes) text += format_text("  table     {}\n", note);
  return text;
}

}  // namespace san
