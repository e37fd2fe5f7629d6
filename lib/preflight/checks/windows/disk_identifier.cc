// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

Outcome judge_disk_signature(Subject& subject) {
  if (const auto none = no_windows(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (view.source == nullptr)
    return unknown("the disk it was cloned from was not looked at", "give --source DEVICE");
  const std::string& own = view.content.table.disk_id;
  const std::string& other = view.source->table.disk_id;
  if (own.empty() || other.empty()) return pass({{"partition table", "no identifier on one of the two", {}}});
  if (own != other) return pass({{"partition table", own + " here, " + other + " on the source", {}}});
  return fail(
      {{"partition table", own + " here and on the source", "identifiers that differ, or one disk attached"}},
      "Never attach both at once to a running Windows: it takes one of them offline or gives it a new "
      "identifier, and then the boot entry does not match. Detach the source disk before the first boot from "
      "the LUN.");
}

}  // namespace

constexpr Check kWin10{.id = "WIN-10",
                       .severity = Severity::warning,
                       .scope = Scope::disk,
                       .title = "source and clone have the same disk identifier",
                       .good = "source and clone have different disk identifiers",
                       .about = "MBR signature or GPT disk GUID against --source.",
                       .evaluate = judge_disk_signature};

}  // namespace san::preflight
