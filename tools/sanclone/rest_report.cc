// SPDX-License-Identifier: Apache-2.0
#include "rest_report.h"

#include <nlohmann/json.hpp>
#include <string>

#include "core/text/table.h"
#include "core/units.h"

namespace san {
namespace {

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
