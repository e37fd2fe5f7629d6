// SPDX-License-Identifier: Apache-2.0
#include "preflight/check/verdict.h"

#include <fmt/format.h>

namespace san::preflight {
namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string names(const std::vector<Scope>& scopes) {
  std::vector<std::string> words;
  words.reserve(scopes.size());
  for (const Scope scope : scopes) words.emplace_back(to_string(scope));
  return joined(words);
}

/// Returns the way to examine a scope.
const char* way_to(Scope scope) {
  switch (scope) {
    case Scope::disk:
      return "disk (name an image or a LUN)";
    case Scope::plan:
      return "plan (--profile)";
    case Scope::target:
      return "target (name a LUN, or --profile)";
    case Scope::machine:
      return "machine (run --live there)";
    case Scope::proof:
      return "proof (--rehearse)";
    case Scope::people:
      break;
  }
  return "people";
}

std::string ready_line(const Verdict& verdict) {
  std::string out = "READY for " + names(verdict.examined);
  if (!verdict.only.empty()) out = "READY for " + joined(verdict.only) + " alone";
  if (!verdict.skipped.empty()) out += "; skipped: " + joined(verdict.skipped);
  const std::string ways = verdict.not_examined();
  return ways.empty() ? out : out + "; not examined: " + ways;
}

}  // namespace

std::string Verdict::not_examined() const {
  if (!only.empty()) return "everything else";
  std::vector<std::string> ways;
  for (const Scope scope : missed) ways.emplace_back(way_to(scope));
  return joined(ways);
}

std::string Verdict::line() const {
  if (ready) return ready_line(*this);
  std::vector<std::string> parts;
  if (blockers > 0) parts.push_back(fmt::format("{} {}", blockers, blockers == 1 ? "blocker" : "blockers"));
  if (unknown > 0) parts.push_back(fmt::format("{} unknown", unknown));
  if (parts.empty())
    parts.emplace_back(no_system ? "no operating system was recognised" : "nothing could be judged");
  std::string out = "NOT READY: " + joined(parts);
  if (!skipped.empty()) out += "; skipped: " + joined(skipped);
  return out;
}

Verdict judge(const std::vector<Result>& results, std::vector<Scope> examined, std::vector<Scope> missed,
              std::vector<std::string> only, bool no_system) {
  Verdict verdict;
  verdict.examined = std::move(examined);
  verdict.missed = std::move(missed);
  verdict.only = std::move(only);
  verdict.no_system = no_system;
  std::size_t failed = 0;
  for (const Result& result : results) {
    const bool blocker = result.severity == Severity::blocker;
    switch (result.outcome.status) {
      case Status::pass:
        ++verdict.passed;
        break;
      case Status::fail:
        verdict.blockers += blocker ? 1 : 0;
        ++failed;
        break;
      case Status::unknown:
        verdict.unknown += blocker ? 1 : 0;
        break;
      case Status::skipped:
        verdict.skipped.emplace_back(result.check->id);
        break;
      case Status::not_applicable:
        break;
    }
  }
  // A warning is a result, too, if that check alone was requested.
  const bool judged = verdict.passed > 0 || (!verdict.only.empty() && failed > 0);
  verdict.ready = verdict.blockers == 0 && verdict.unknown == 0 && judged && !no_system;
  return verdict;
}

std::string heading(const Result& result) {
  switch (result.outcome.status) {
    case Status::fail:
      return result.check->title;
    case Status::pass:
      return result.check->good;
    case Status::unknown:
    case Status::skipped:
    case Status::not_applicable:
      break;
  }
  return std::string("whether ") + result.check->good;
}

}  // namespace san::preflight
