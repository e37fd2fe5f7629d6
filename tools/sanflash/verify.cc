// SPDX-License-Identifier: Apache-2.0
// sanflash verify
#include <fmt/core.h>

#include <memory>

#include "answer.h"
#include "device_argument.h"
#include "verbs.h"

namespace san {

namespace {

Answer findings_of(const DeviceArgument& argument) {
  const auto findings = open_flash(argument)->verify();
  const bool good = !has_errors(findings);
  Json list = Json::array();
  Printable text;
  for (const Diagnostic& finding : findings) {
    const char* const severity = severity_name(finding.severity);
    list.push_back({{"severity", severity}, {"where", finding.where}, {"text", finding.text}});
    text += format_text("{}: {}: {}\n", severity, finding.where, finding.text);
  }
  text += format_text("{}: {}\n", argument.device, good ? "good" : "not good");
  return {
      good ? Exit::ok : Exit::no, {{"device", argument.device}, {"good", good}, {"findings", list}}, text};
}

}  // namespace

void add_verify(Verbs& verbs, CommonOptions& common) {
  const auto argument = std::make_shared<DeviceArgument>();
  CLI::App& verb = verbs.add("verify", "checksums, signatures and pointers; exit code 1 if one is wrong",
                             [&common, argument] { return answer_each(common, *argument, findings_of); });
  add_device(verb, *argument);
}

}  // namespace san
