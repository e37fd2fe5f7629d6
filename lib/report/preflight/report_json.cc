// SPDX-License-Identifier: Apache-2.0
#include "report/preflight/report_json.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace san::report {
namespace {

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json names(const std::vector<preflight::Scope>& scopes) {
  Json out = Json::array();
  for (const preflight::Scope scope : scopes) out.push_back(to_string(scope));
  return out;
}

Json to_json(const preflight::BootNic& nic) {
  if (!nic.known() && nic.mac.empty()) return nullptr;
  const bool pci = nic.vendor && nic.device;
  return {{"driver", or_null(nic.driver)},
          {"pci_id", pci ? Json(fmt::format("{:04x}:{:04x}", *nic.vendor, *nic.device)) : Json(nullptr)},
          {"interface", or_null(nic.interface)},
          {"mac", or_null(nic.mac)}};
}

Json subject_json(const preflight::Report& report) {
  Json firmware = nullptr;
  if (report.firmware) firmware = *report.firmware == boot::Firmware::bios ? "bios" : "uefi";
  return {{"device", or_null(report.device)},
          {"size", report.size > 0 ? Json(report.size) : Json(nullptr)},
          {"systems", report.systems},
          {"profile", or_null(report.profile)},
          {"firmware", firmware},
          {"nic", to_json(report.nic)},
          {"bytes_read", report.bytes_read}};
}

Json to_json(const preflight::Result& result) {
  const preflight::Outcome& outcome = result.outcome;
  Json evidence = Json::array();
  for (const preflight::Evidence& one : outcome.evidence)
    evidence.push_back(
        {{"where", or_null(one.where)}, {"found", or_null(one.found)}, {"wanted", or_null(one.wanted)}});
  Json commands = Json::array();
  for (const ShellCommand& command : outcome.commands) commands.push_back(command.text());
  return {{"id", result.check->id},
          {"severity", preflight::to_string(result.severity)},
          {"scope", to_string(result.check->scope)},
          {"status", to_string(outcome.status)},
          {"title", result.check->title},
          {"evidence", evidence},
          {"remedy", or_null(outcome.remedy)},
          {"commands", commands}};
}

}  // namespace

Json to_json(const preflight::Report& report) {
  const preflight::Verdict& verdict = report.verdict;
  Json checks = Json::array();
  for (const preflight::Result& result : report.results) checks.push_back(to_json(result));
  return {{"verdict", verdict.ready ? "READY" : "NOT READY"},
          {"summary", verdict.line()},
          {"blockers", verdict.blockers},
          {"unknown", verdict.unknown},
          {"examined", names(verdict.examined)},
          {"not_examined", names(verdict.missed)},
          {"only", verdict.only},
          {"skipped", verdict.skipped},
          {"subject", subject_json(report)},
          {"seconds", report.seconds},
          {"checks", checks}};
}

Json list_checks_json() {
  Json out = Json::array();
  for (const preflight::Check* const check : preflight::all_checks())
    out.push_back({{"id", check->id},
                   {"severity", preflight::to_string(check->severity)},
                   {"scope", to_string(check->scope)},
                   {"also", check->also ? Json(to_string(*check->also)) : Json(nullptr)},
                   {"title", check->title},
                   {"about", check->about}});
  return out;
}

}  // namespace san::report
