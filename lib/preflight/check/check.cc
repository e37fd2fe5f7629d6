// SPDX-License-Identifier: Apache-2.0
#include "preflight/check/check.h"

namespace san::preflight {

Outcome pass(std::vector<Evidence> evidence) {
  return {Status::pass, std::move(evidence), {}, {}};
}

Outcome fail(std::vector<Evidence> evidence, std::string remedy, std::vector<ShellCommand> commands) {
  return {Status::fail, std::move(evidence), std::move(remedy), std::move(commands)};
}

Outcome unknown(std::string why, std::string needed) {
  return {Status::unknown, {{{}, std::move(why), {}}}, std::move(needed), {}};
}

Outcome not_applicable(std::string why) {
  return {Status::not_applicable, {{{}, std::move(why), {}}}, {}, {}};
}

Outcome no_profile() {
  return not_applicable("there is no boot profile");
}

Outcome no_machine() {
  return not_applicable("only the machine itself can show it: run --live there");
}

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::blocker:
      return "blocker";
    case Severity::warning:
      return "warning";
    case Severity::info:
      break;
  }
  return "info";
}

const char* to_string(Status status) {
  switch (status) {
    case Status::pass:
      return "pass";
    case Status::fail:
      return "fail";
    case Status::unknown:
      return "unknown";
    case Status::skipped:
      return "skipped";
    case Status::not_applicable:
      break;
  }
  return "not-applicable";
}

const char* to_string(Scope scope) {
  switch (scope) {
    case Scope::disk:
      return "disk";
    case Scope::plan:
      return "plan";
    case Scope::target:
      return "target";
    case Scope::machine:
      return "machine";
    case Scope::proof:
      return "proof";
    case Scope::people:
      break;
  }
  return "people";
}

}  // namespace san::preflight
