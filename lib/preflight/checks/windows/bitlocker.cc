// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

Outcome judge_bitlocker(Subject& subject) {
  if (const auto none = no_windows(subject)) return *none;
  const WindowsView view = windows_view(subject);
  WindowsFindings findings;
  for (const std::string& name : view.system.encrypted)
    findings.warnings.push_back({name, "BitLocker's signature -FVE-FS-", "no encryption"});
  return findings.outcome(
      "BitLocker's key is sealed to the old way of booting: expect to be asked for the recovery key. Have it "
      "at hand, and suspend or remove the protection before the move: manage-bde -protectors -disable C: -rc "
      "0, or manage-bde -off C:.",
      windows_commands({{"manage-bde -protectors -get C:"}, {"manage-bde -off C:"}}));
}

}  // namespace

constexpr Check kWin15{
    .id = "WIN-15",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "BitLocker will ask for the recovery key",
    .good = "Windows starts without BitLocker's recovery key",
    .about =
        "Volumes with BitLocker's signature. Whether its protectors are suspended is not examined, nor are "
        "anti-virus programs and group policies.",
    .evaluate = judge_bitlocker};

}  // namespace san::preflight
