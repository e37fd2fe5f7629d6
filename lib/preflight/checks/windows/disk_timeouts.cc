// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

Outcome judge_disk_timeouts(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  const auto disk = view.system.key("Services\\disk");
  std::optional<std::uint32_t> seconds;
  if (disk) seconds = disk->dword("TimeOutValue");
  const std::string path = view.system.control_set + "\\Services\\disk";
  const std::string found = seconds ? fmt::format("{} s", *seconds) : "not set";
  if (seconds.value_or(0) < 60) {
    findings.warnings.push_back(registry_evidence(path, "TimeOutValue", found, "120 s, with MPIO 60 s"));
    commands.push_back(reg_add_dword("Services\\", "disk", "", "TimeOutValue", "120"));
  }
  const auto mpio = view.system.service("mpio");
  const auto controllers = view.system.key("Control\\Class\\{4d36e97b-e325-11ce-bfc1-08002be10318}");
  if (controllers && !(mpio && mpio->start == 0U))
    for (const os::HiveKey& controller : controllers->keys()) {
      if (!same_without_case(controller.text("MatchingDeviceId").value_or(""), "root\\iscsiprt")) continue;
      const auto parameters = controller.key("Parameters");
      std::optional<std::uint32_t> hold;
      if (parameters) hold = parameters->dword("MaxRequestHoldTime");
      if (!hold || *hold >= 120) continue;
      findings.warnings.push_back(registry_evidence(parameters->path(), "MaxRequestHoldTime",
                                                    fmt::format("{} s", *hold), "120 s without MPIO"));
      commands.push_back(reg_add_dword(R"(Control\Class\{4d36e97b-e325-11ce-bfc1-08002be10318}\)",
                                       controller.name(), R"(\Parameters)", "MaxRequestHoldTime", "120"));
    }
  return findings.outcome("Give the network time to recover before Windows gives up its disk.",
                          registry_commands(view, commands),
                          {registry_evidence(path, "TimeOutValue", found, {})});
}

}  // namespace

constexpr Check kWin13{.id = "WIN-13",
                       .severity = Severity::warning,
                       .scope = Scope::disk,
                       .title = "Windows gives up its disk too early",
                       .good = "Windows waits long enough for its disk",
                       .about =
                           "TimeOutValue of the disk driver, MaxRequestHoldTime of the initiator where it is "
                           "set and MPIO is not "
                           "in use (recommended by NetApp).",
                       .evaluate = judge_disk_timeouts};

}  // namespace san::preflight
