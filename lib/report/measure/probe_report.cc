// SPDX-License-Identifier: Apache-2.0
#include "report/measure/probe_report.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/text/terminal.h"
#include "core/units.h"
#include "measure/probe/probe.h"

namespace san::report {
namespace {

constexpr std::size_t kNameWidth = 26, kVerdictWidth = 13;

std::string verdict_text(measure::FeatureVerdict verdict) {
  switch (verdict) {
    case measure::FeatureVerdict::works:
      return "works";
    case measure::FeatureVerdict::not_supported:
      return "not supported";
    case measure::FeatureVerdict::false_claim:
      return "LIES";
    case measure::FeatureVerdict::undeclared:
      return "undeclared";
    case measure::FeatureVerdict::unknown:
      break;
  }
  return "unknown";
}

Printable verdict_column(bool color, measure::FeatureVerdict verdict) {
  const Printable text = format_text("{:<{}}", verdict_text(verdict), kVerdictWidth);
  switch (verdict) {
    case measure::FeatureVerdict::works:
      return painted(color, sgr::green, text);
    case measure::FeatureVerdict::false_claim:
      return painted(color, sgr::red, text);
    case measure::FeatureVerdict::not_supported:
      return painted(color, sgr::faint, text);
    case measure::FeatureVerdict::undeclared:
    case measure::FeatureVerdict::unknown:
      break;
  }
  return painted(color, sgr::yellow, text);
}

std::string count_text(const measure::ProbeResult& result) {
  const auto count = [&result](measure::FeatureVerdict verdict) {
    return std::count_if(result.findings.begin(), result.findings.end(),
                         [verdict](const measure::FeatureFinding& f) { return f.verdict == verdict; });
  };
  std::string text;
  for (const auto& [verdict, word] : {std::pair{measure::FeatureVerdict::works, "work"},
                                      {measure::FeatureVerdict::undeclared, "work undeclared"},
                                      {measure::FeatureVerdict::not_supported, "not supported"},
                                      {measure::FeatureVerdict::unknown, "unknown"},
                                      {measure::FeatureVerdict::false_claim, "lie"}})
    if (const auto n = count(verdict); n > 0)
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", n, word,
                          verdict == measure::FeatureVerdict::false_claim && n == 1 ? "s" : "");
  return text;
}

std::string what_is_left(const measure::ProbeResult& result) {
  if (result.cleaned) return "zeros, wherever something was written";
  if (result.zeros && result.zeros->left)
    return fmt::format("data that cannot be made zeros, from byte {} on", *result.zeros->left);
  return "test patterns: they could not be made zeros again";
}

/// Returns "TITLE: text", with the text wrapped and indented after the title.
Printable paragraph(SourceText title, const std::string& text) {
  return wrapped(format_text("{:<12}", title), as_printable(text));
}

}  // namespace

Printable to_text(const measure::ProbeResult& result, bool color) {
  Printable out =
      format_text("{}\n{}, {}, blocks of {} bytes{}\n\n", painted(color, sgr::bold, as_printable(result.url)),
                  result.product.empty() ? "no name" : result.product, format_size(result.size), result.block,
                  result.thin ? ", thin" : "");
  for (const measure::FeatureFinding& finding : result.findings) {
    out += format_text("{:<{}}{}  ", finding.name, kNameWidth, verdict_column(color, finding.verdict));
    // Colours have no width: the text is wrapped after the same number of spaces.
    const std::size_t indent = kNameWidth + kVerdictWidth + 2;
    out += wrapped(repeated(" ", indent), as_printable(finding.evidence)).behind(indent);
  }
  out += "\n";
  out += paragraph("sanclone:", result.zeros ? "zeros are " + measure::describe(*result.zeros)
                                             : "how zeros are made is not known: " + result.no_zeros);
  out += paragraph("left there:", what_is_left(result));
  out += paragraph("in all:", count_text(result));
  return out;
}

Json to_json(const measure::ProbeResult& result) {
  Json json;
  json["url"] = result.url;
  json["product"] = result.product;
  json["size"] = result.size;
  json["block_size"] = result.block;
  json["thin"] = result.thin;
  json["features"] = Json::array();
  for (const measure::FeatureFinding& finding : result.findings)
    json["features"].push_back({{"id", finding.id},
                                {"name", finding.name},
                                {"declared", finding.declared ? Json(*finding.declared) : Json(nullptr)},
                                {"verdict", to_string(finding.verdict)},
                                {"evidence", finding.evidence}});
  if (!result.zeros) {
    json["zero_policy"] = nullptr;
  } else {
    const measure::ZeroTrial& zeros = *result.zeros;
    const auto place = [](const std::optional<std::uint64_t>& at) { return at ? Json(*at) : Json(nullptr); };
    json["zero_policy"] = {{"method", zeros.method == measure::ZeroTrial::Method::unmap ? "unmap" : "write"},
                           {"piece", zeros.piece},
                           {"deceived_at", place(zeros.deceived)},
                           {"not_zero_at", place(zeros.left)},
                           {"text", measure::describe(zeros)}};
  }
  json["zeros_left"] = result.cleaned;
  json["honest"] = measure::exit_code(result) == Exit::ok;
  return json;
}

}  // namespace san::report
