// SPDX-License-Identifier: Apache-2.0
#include "preflight/remedy_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/table.h"
#include "core/terminal.h"

namespace san::preflight {
namespace {

constexpr std::size_t kWidth = 100;

/// For bash, as one word.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// Whatever stands in it stays a comment.
std::string comment(const std::string& text) {
  std::string lines = wrapped("", printable(text), kWidth), out;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    out += "# " + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

std::string function_name(const Check& check) {
  std::string name = std::string("fix_") + check.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool has_commands(const Outcome& outcome) {
  return std::any_of(outcome.commands.begin(), outcome.commands.end(), [](const std::string& command) {
    const std::size_t first = command.find_first_not_of(" \t\n");
    return first != std::string::npos && command[first] != '#';
  });
}

/// One failed check: why, and what to do.
std::string section(const Result& result) {
  const Check& check = *result.check;
  const Outcome& outcome = result.outcome;
  std::string out =
      "\n" + comment(fmt::format("{} ({}): {}", check.id, to_string(result.severity), check.title));
  for (const Evidence& evidence : outcome.evidence) {
    std::string text = "  " + evidence.where + (evidence.where.empty() ? "" : ": ") + evidence.found;
    if (!evidence.wanted.empty()) text += "; wanted: " + evidence.wanted;
    out += comment(text);
  }
  if (!outcome.remedy.empty()) out += comment("Remedy: " + outcome.remedy);
  out += function_name(check) + "() {\n";
  for (const std::string& command : outcome.commands) out += command + "\n";
  if (!has_commands(outcome))
    out += fmt::format("  echo {}\n", shell_word(printable("by hand: " + outcome.remedy)));
  return out + "}\n";
}

}  // namespace

std::string remedy_script(const Report& report) {
  std::string sections, ids, list;
  for (const Result& result : report.results) {
    if (result.outcome.status != Status::fail) continue;
    const std::string id = result.check->id;
    sections += section(result);
    ids += (ids.empty() ? "" : " ") + id;
    list +=
        fmt::format("  echo {}\n", shell_word(fmt::format("  {}  {}{}", id, result.check->title,
                                                          has_commands(result.outcome) ? "" : " (by hand)")));
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
  out += "set -euo pipefail\n" + sections;
  out += fmt::format(
      "\nusage() {{\n  echo \"usage: $0 --all | ID...   does these remedies:\"\n{}  exit 2\n}}\n\n"
      "if [ $# -eq 0 ]; then usage; fi\n"
      "if [ \"$1\" = --all ]; then set -- {}; fi\n"
      "for id; do\n"
      "  case \" {} \" in *\" $id \"*) ;; *) usage ;; esac\n"
      "done\n"
      "if [ \"$(id -u)\" -ne 0 ]; then\n  echo \"$0: must be run by root\" >&2\n  exit 1\nfi\n"
      "for id; do\n"
      "  echo \"== $id\"\n"
      "  \"fix_${{id//-/_}}\"\n"
      "done\n",
      list, ids, ids);
  return out;
}

}  // namespace san::preflight
