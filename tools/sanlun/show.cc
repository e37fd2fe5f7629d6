// SPDX-License-Identifier: Apache-2.0
// sanlun show
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/text/terminal.h"
#include "iscsi/login/login.h"
#include "lun_argument.h"
#include "lun_report.h"
#include "output.h"
#include "time_limit.h"
#include "verbs.h"

namespace san {
namespace {

struct ShowOptions {
  std::string url;
  TimeLimit limit;
};

Printable field_text(const Field& field, bool color) {
  constexpr std::size_t kLabel = 28;
  Printable out, first = format_text("  {:<{}}", field.label, kLabel - 2);
  // Lines of the text stand below each other.
  for (const Printable& line : field.text.lines()) {
    out += wrapped(first, line);
    first = repeated(" ", kLabel);
  }
  return painted(color && field.warn, sgr::yellow, out);
}

Printable advice_text(const Diagnostic& one, bool color) {
  const bool danger = one.severity == Severity::error;
  const Printable level = format_text("  {:<8}", target::level_name(one.severity));
  // Colours have no width: the text is wrapped first.
  Printable out = wrapped(level, as_printable(one.text));
  if (one.severity != Severity::info)
    out = painted(color, danger ? sgr::red : sgr::yellow, level) + out.behind(level.size());
  if (!one.commands.empty()) out += format_text("          {}:\n", one.remedy);
  for (const std::string& line : one.commands) out += format_text("            {}\n", line);
  return out;
}

Printable report_text(const iscsi::LunReport& report, bool color) {
  const auto heading = [color](const std::string& title) {
    return "\n" + painted(color, sgr::bold, as_printable(title)) + "\n";
  };
  Printable out = as_printable(iscsi::to_string(report.url)) + "\n";
  for (const Section& section : report_sections(report)) {
    out += heading(section.title);
    for (const Field& field : section.fields) out += field_text(field, color);
  }
  if (!report.problems.empty()) out += heading("Answered wrongly, or not at all");
  for (const Diagnostic& one : report.problems)
    out += field_text({{}, one.where, nullptr, as_printable(one.text), true}, color);
  const auto advice = target::advise(report);
  out += heading("Advice");
  if (advice.empty()) out += "  none\n";
  for (const Diagnostic& one : advice) out += advice_text(one, color);
  return out;
}

Json report_json(const iscsi::LunReport& report) {
  Json document{{"url", iscsi::to_string(report.url)}, {"complete", report.complete}};
  for (const Section& section : report_sections(report)) {
    Json& fields = document[section.key] = Json::object();
    for (const Field& field : section.fields) fields[field.key] = field.value;
  }
  document["problems"] = Json::array();
  for (const Diagnostic& one : report.problems)
    document["problems"].push_back({{"what", one.where}, {"why", one.text}});
  document["advice"] = Json::array();
  for (const Diagnostic& one : target::advise(report))
    document["advice"].push_back({{"level", target::level_name(one.severity)},
                                  {"id", one.id},
                                  {"text", one.text},
                                  {"where", one.remedy},
                                  {"remedy", one.commands}});
  return document;
}

Exit show(const CommonOptions& common, const ShowOptions& options) {
  const auto until = options.limit.until();
  const LunArgument where = lun_argument(common, options.url);
  iscsi::Login login = iscsi::make_login(where.url, where.credentials);
  login.until = until;
  login.keep_going = [] { return !Interrupt::requested(); };
  const iscsi::LunReport report = iscsi::query_lun_report(login);
  if (common.json)
    print_json(report_json(report));
  else
    print_text(report_text(report, canvas_of_stdout(common.color).color));
  if (report.complete) return Exit::ok;
  const Error error(Exit::failed, iscsi::to_string(report.url), report.unanswered,
                    "check the target and its log");
  log::message(log::Level::error, error.what());
  return error.code();
}

}  // namespace

void add_show(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App& verb = verbs.add("show", "what a LUN is and can do, and what is wrong with it",
                             [&common, options] { return show(common, *options); });
  verb.add_option("URL", options->url, "the LUN; none where a boot profile is given");
  options->limit.add_to(verb);
}

}  // namespace san
