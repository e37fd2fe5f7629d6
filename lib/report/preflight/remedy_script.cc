// SPDX-License-Identifier: Apache-2.0
#include "report/preflight/remedy_script.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text/shell_word.h"
#include "core/text/table.h"
#include "core/text/terminal.h"

namespace san::report {
namespace {

constexpr std::size_t kWidth = 100;

/// Returns `text` as a comment that no content of it can end.
std::string comment(const std::string& text) {
  const std::string lines = wrapped("", as_printable(text), kWidth);
  std::string out;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    out += "# " + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

std::string function_name(const preflight::Check& check) {
  std::string name = std::string("fix_") + check.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool has_commands(const preflight::Outcome& outcome) {
  return !std::ranges::all_of(outcome.commands, &ShellCommand::is_comment);
}

/// A command that prints `text`, which is of a check or is safe to print.
std::string say(const std::string& text) {
  const auto word = shell_word(printable(text));
  return "  echo " + (word ? word->text() : "'see the report'") + "\n";
}

/// Returns the section of one failed check: reason and remedy.
std::string section(const preflight::Result& result) {
  const preflight::Check& check = *result.check;
  const preflight::Outcome& outcome = result.outcome;
  std::string out = "\n" + comment(fmt::format("{} ({}): {}", check.id, preflight::to_string(result.severity),
                                               check.title));
  for (const preflight::Evidence& evidence : outcome.evidence) {
    std::string text = "  " + evidence.where + (evidence.where.empty() ? "" : ": ") + evidence.found;
    if (!evidence.wanted.empty()) text += "; wanted: " + evidence.wanted;
    out += comment(text);
  }
  if (!outcome.remedy.empty()) out += comment("Remedy: " + outcome.remedy);
  out += function_name(check) + "() {\n";
  for (const ShellCommand& command : outcome.commands) out += command.text() + "\n";
  if (!has_commands(outcome)) out += say("by hand: " + outcome.remedy);
  return out + "}\n";
}

}  // namespace

std::string remedy_script(const preflight::Report& report) {
  std::string sections, ids, list;
  for (const preflight::Result& result : report.results) {
    if (result.outcome.status != preflight::Status::fail) continue;
    const std::string id = result.check->id;
    sections += section(result);
    ids += (ids.empty() ? "" : " ") + id;
    list += say(
        fmt::format("  {}  {}{}", id, result.check->title, has_commands(result.outcome) ? "" : " (by hand)"));
  }
  const std::string subject = report.device.empty() ? "this machine" : report.device;
  std::string out = "#!/bin/bash\n";
  out += comment("Remedies for what sanboot-check found on " + subject + ": " + report.verdict.line());
  out += comment(
      "Read it before you run it, as root, on the machine whose disk was examined. Then clone again what has "
      "changed, and check again.");
  out += comment(
      "Without an argument nothing is done but to list the remedies; IDs (LNX-03 …) or --all do them.");
  if (ids.empty()) return out + "echo 'nothing failed: there is nothing to do'\n";
  // The listing comes before everything that changes anything, and only these lines are outside of a
  // function.
  out += fmt::format(
      "set -euo pipefail\n\n"
      "usage() {{\n  echo \"usage: $0 --all | ID...   does these remedies:\"\n{}  exit 2\n}}\n\n"
      "if [ $# -eq 0 ]; then usage; fi\n"
      "if [ \"$1\" = --all ]; then set -- {}; fi\n"
      "for id; do\n"
      "  case \" {} \" in *\" $id \"*) ;; *) usage ;; esac\n"
      "done\n"
      "if [ \"$(id -u)\" -ne 0 ]; then\n  echo \"$0: must be run by root\" >&2\n  exit 1\nfi\n",
      list, ids, ids);
  out += sections;
  out +=
      "\nfor id; do\n"
      "  echo \"== $id\"\n"
      "  \"fix_${id//-/_}\"\n"
      "done\n";
  return out;
}

}  // namespace san::report
