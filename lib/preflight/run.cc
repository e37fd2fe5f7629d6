// SPDX-License-Identifier: Apache-2.0
#include "preflight/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>

#include "core/ascii.h"
#include "core/hint_id.h"
#include "core/nearest.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "open/open_device.h"
#include "os/linux/linux_system.h"
#include "os/windows/windows_system.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {
namespace {

std::string family(const Check& check) {
  const std::string id = check.id;
  return id.substr(0, id.find('-'));
}

bool named(const Check& check, const std::vector<std::string>& ids) {
  return std::any_of(ids.begin(), ids.end(), [&check](const std::string& id) {
    const std::string wanted = to_upper(id);
    return wanted == check.id || wanted == family(check);
  });
}

bool has(const std::vector<Scope>& scopes, Scope scope) {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

/// Determines the scopes that the options select. Manual checks are never examined.
void find_scopes(Subject& subject, std::vector<Scope>& examined, std::vector<Scope>& missed) {
  const SubjectOptions& options = subject.options();
  const boot::BootProfile* const plan = subject.profile();
  const auto put = [&](bool asked, Scope scope) { (asked ? examined : missed).push_back(scope); };
  put(!options.device.empty(), Scope::disk);
  put(plan != nullptr, Scope::plan);
  put(is_lun(options.device) || (plan != nullptr && !plan->portals.empty()), Scope::target);
  put(options.live, Scope::machine);
  put(options.rehearse, Scope::proof);
}

/// Returns the names of the subject's operating systems: "Debian GNU/Linux 12 (bookworm)".
std::vector<std::string> system_names(Subject& subject) {
  std::vector<std::string> names;
  if (const os::LinuxSystem* const system = subject.linux_system())
    names.push_back(system->name.empty() ? "Linux" : system->name);
  if (const os::WindowsSystem* const system = subject.windows_system())
    names.push_back(system->version.product.empty() ? "Windows" : system->version.product);
  return names;
}

/// Reads from the disk what the report says of it. Returns false if that is a LUN that cannot be examined,
/// which is a result.
bool read_disk(Subject& subject, Report& report) {
  try {
    if (ReadableDevice* const device = subject.device()) report.size = device->size();
    subject.require_content();
    report.firmware = subject.firmware();
    report.systems = system_names(subject);
    return true;
  } catch (const Error& error) {
    // A LUN is refused if another initiator has reserved it, which TGT-06 reports.
    const bool lun = is_lun(subject.options().device);
    if (error.code() == Exit::refused && !lun)
      throw Error(Exit::failed, error.object(), error.cause(),
                  Hint(HintId::examine_machine,
                       "what is being changed cannot be judged; this machine itself can be examined"));
    // The argument for a LUN has been checked already except for the secrets, which TGT-07 reports.
    if (error.code() == Exit::interrupted || !lun) throw;
    log::info("{}", error.what());
    return false;
  }
}

/// Opens the objects that are needed for any result. Returns the id of the check that explains why a LUN
/// cannot be opened; empty if it could be, or no check explains it.
std::string open_subject(Subject& subject, Report& report) {
  const SubjectOptions& options = subject.options();
  if (!options.device.empty()) check_argument(options.device, *options.login.profiles);
  if (options.device.empty() && !options.live && subject.profile() == nullptr)
    throw Error(Exit::usage, "", "there is nothing to examine",
                Hint(HintId::name_subject, "name an image or a LUN, or this machine"));
  report.nic = subject.nic();
  const bool readable = read_disk(subject, report);
  subject.require_source();
  const TargetFacts* const target = readable ? nullptr : subject.target();
  return target == nullptr ? "" : target_trouble(*target);
}

/// Evaluates a check. `trouble` is the id of the check that explains why the LUN cannot be examined.
Outcome evaluate(const Check& check, Subject& subject, const std::string& trouble) {
  try {
    log::debug("{}: {}", check.id, check.title);
    return check.evaluate(subject);
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    if (!trouble.empty()) return see(trouble);  // one fault is one blocker
    const std::string object = error.object().empty() ? "" : error.object() + ": ";
    return unknown(object + error.cause(), error.hint());
  }
}

/// Texts of disks, targets, registries and firmware are in there; commands are safe by their type.
void make_printable(Outcome& outcome) {
  for (Evidence& evidence : outcome.evidence)
    for (std::string* text : {&evidence.where, &evidence.found, &evidence.wanted}) *text = printable(*text);
  outcome.remedy = printable(outcome.remedy);
}

/// True if the check's scope is examined; with --live, a check of a disk examines the files of this machine.
bool is_examined(const Check& check, const std::vector<Scope>& examined) {
  if (has(examined, check.scope)) return true;
  if (check.also && has(examined, *check.also)) return true;
  return check.scope == Scope::disk && has(examined, Scope::machine);
}

Result judged(const Check& check, Subject& subject, const RunOptions& options,
              const std::vector<Scope>& examined, const std::string& trouble) {
  Result result{&check, {}, check.severity};
  if (named(check, options.skip)) {
    result.outcome.status = Status::skipped;
  } else if (!is_examined(check, examined)) {
    result.examined = false;
    result.outcome = not_applicable(fmt::format("{} is not examined", to_string(check.scope)));
    // Manual steps are listed, and do not count.
    if (check.to_do != nullptr) result.outcome.remedy = check.to_do;
  } else {
    result.outcome = evaluate(check, subject, trouble);
    if (result.outcome.lowered) result.severity = std::max(check.severity, *result.outcome.lowered);
  }
  make_printable(result.outcome);
  return result;
}

}  // namespace

void check_ids(const std::vector<std::string>& ids, const std::string& option) {
  std::vector<std::string> names;
  std::set<std::string> families;
  for (const Check* const check : all_checks()) {
    names.emplace_back(check->id);
    if (families.insert(family(*check)).second) names.push_back(family(*check));
  }
  for (const std::string& id : ids) {
    if (std::find(names.begin(), names.end(), to_upper(id)) != names.end()) continue;
    const std::string near = nearest(to_upper(id), names);
    throw Error(Exit::usage, option + " " + id, "no check has that id",
                near.empty() ? Hint(HintId::list_checks, "see the list of checks")
                             : Hint(fmt::format("did you mean {}?", near)));
  }
}

Report run(Subject& subject, const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  check_ids(options.only, setting("only"));
  check_ids(options.skip, setting("skip"));
  Report report;
  report.device = subject.options().device;
  report.live = subject.options().live;
  std::vector<Scope> examined, missed;
  find_scopes(subject, examined, missed);
  if (const boot::BootProfile* const plan = subject.profile()) report.profile = plan->path;
  const std::string trouble = open_subject(subject, report);
  for (const Check* const check : all_checks())
    if (options.only.empty() || named(*check, options.only))
      report.results.push_back(judged(*check, subject, options, examined, trouble));
  std::vector<std::string> only;
  for (const std::string& id : options.only) only.push_back(to_upper(id));
  const bool no_system = only.empty() && has(examined, Scope::disk) && report.systems.empty();
  report.verdict = judge(report.results, std::move(examined), std::move(missed), std::move(only), no_system);
  report.bytes_read = subject.bytes_read();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace san::preflight
