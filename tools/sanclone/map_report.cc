// SPDX-License-Identifier: Apache-2.0
#include "map_report.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/units.h"

namespace san {
namespace {

const char* name(copy::DeltaDecision::State state) {
  switch (state) {
    case copy::DeltaDecision::State::fresh:
      return "new";
    case copy::DeltaDecision::State::unfinished:
      return "resumed";
    case copy::DeltaDecision::State::finished:
      return "delta";
  }
  return "";
}

}  // namespace

Json map_json(const std::string& file, const std::vector<copy::DeltaDecision>& destinations) {
  if (file.empty()) return nullptr;
  Json json = {{"file", file}, {"destinations", Json::array()}};
  for (const copy::DeltaDecision& one : destinations) {
    Json parts = Json::array();
    for (const copy::DeltaPart& part : one.parts)
      parts.push_back({{"what", part.what},
                       {"offset", part.range.offset},
                       {"length", part.range.length},
                       {"how", part.read_back ? "read back" : "trusted"},
                       {"why", part.why}});
    json["destinations"].push_back({{"work", name(one.state)}, {"examined", one.examined}, {"parts", parts}});
  }
  return json;
}

Printable map_text(const std::string& file, const std::vector<copy::DeltaDecision>& destinations,
                   std::size_t index, std::uint64_t compared) {
  if (index >= destinations.size()) return {};
  const copy::DeltaDecision& one = destinations[index];
  Printable text = format_text("  map       {}: {}\n", file,
                               one.state == copy::DeltaDecision::State::fresh        ? "new"
                               : one.state == copy::DeltaDecision::State::unfinished ? "went on with it"
                                                                                     : "brought up to date");
  for (const copy::DeltaPart& part : one.parts)
    text += format_text("            {}, {}: {}, {}\n", part.what, format_size(part.range.length),
                        part.read_back ? "read back" : "trusted", part.why);
  if (one.examined + compared > 0)
    text += format_text("            {} read back in all\n", format_size(one.examined + compared));
  return text;
}

}  // namespace san
