// SPDX-License-Identifier: Apache-2.0
// sanflash rom info, verify
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "output.h"
#include "report/flash/option_rom_report.h"
#include "rom.h"

namespace san {

bool report_rom_findings(const flash::RomFile& file, bool json, Json& list) {
  const auto findings = flash::rom_findings(file);
  Printable text;
  list = Json::array();
  for (const Diagnostic& finding : findings) {
    const char* const severity = severity_name(finding.severity);
    list.push_back({{"severity", severity}, {"where", finding.where}, {"text", finding.text}});
    text += format_text("{}: {}: {}: {}\n", severity, file.name, finding.where, finding.text);
  }
  if (!json) print_text(text);
  return !has_errors(findings);
}

Exit rom_info(const CommonOptions& common, const RomArgument& argument) {
  Json all = Json::array();
  for (std::size_t i = 0; i < argument.files.size(); ++i) {
    const flash::RomFile file = flash::read_rom_file(argument.files[i], argument.scan);
    if (common.json)
      all.push_back(report::rom_json(file));
    else
      print_text((i == 0 ? SourceText("") : SourceText("\n")) + report::rom_text(file));
  }
  if (common.json) print_json({{"files", all}});
  return Exit::ok;
}

Exit rom_verify(const CommonOptions& common, const RomArgument& argument) {
  Json all = Json::array();
  bool good = true;
  for (const std::string& path : argument.files) {
    const flash::RomFile file = flash::read_rom_file(path, argument.scan);
    Json list;
    const bool file_good = report_rom_findings(file, common.json, list);
    good = good && file_good;
    if (common.json)
      all.push_back({{"file", path}, {"good", file_good}, {"findings", list}});
    else
      print_text(format_text("{}: {}\n", path, file_good ? "good" : "not good"));
  }
  if (common.json) print_json({{"good", good}, {"files", all}});
  return good ? Exit::ok : Exit::no;
}

}  // namespace san
