// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/windows/windows_view.h"

#include <fmt/core.h>

#include "core/ascii.h"
#include "preflight/facts/subject.h"

namespace san::preflight {

std::optional<Outcome> no_windows(Subject& subject) {
  if (subject.windows_system() != nullptr && subject.content() != nullptr) return std::nullopt;
  return not_applicable("there is no Windows on this disk");
}

std::optional<Outcome> no_windows_files(Subject& subject) {
  if (auto none = no_windows(subject)) return none;
  const os::WindowsSystem& windows = *subject.windows_system();
  if (windows.files) return std::nullopt;
  return unknown(windows.encrypted.front() + " is encrypted by BitLocker",
                 "a clone of the decrypted volume: manage-bde -off C: on the source");
}

WindowsView windows_view(Subject& subject) {
  return {*subject.windows_system(), *subject.content(), subject.firmware(), subject.nic(),
          subject.source_content(),  subject.device()};
}

Outcome WindowsFindings::outcome(std::string remedy, std::vector<ShellCommand> commands,
                                 std::vector<Evidence> seen) const {
  if (blockers.empty() && warnings.empty()) return pass(std::move(seen));
  std::vector<Evidence> all = blockers;
  all.insert(all.end(), warnings.begin(), warnings.end());
  Outcome outcome = fail(std::move(all), std::move(remedy), std::move(commands));
  if (blockers.empty()) outcome.lowered = Severity::warning;
  return outcome;
}

Evidence registry_evidence(const std::string& key, const std::string& value, std::string found,
                           std::string wanted) {
  return {"SYSTEM, " + key + (value.empty() ? "" : ", " + value), std::move(found), std::move(wanted)};
}

std::string start_text(std::optional<std::uint32_t> start) {
  if (!start) return "not set";
  constexpr const char* kWords[] = {"boot", "system", "automatic", "on demand", "disabled"};
  return *start < std::size(kWords) ? fmt::format("{} ({})", *start, kWords[*start])
                                    : fmt::format("{}", *start);
}

bool starts_at_boot(const os::WindowsService& service, bool nt5) {
  return service.start == 0U || (!nt5 && (service.boot_flags.value_or(0) & 1) != 0);
}

std::optional<Evidence> start_override(const os::WindowsService& service) {
  for (const std::uint32_t start : service.start_override)
    if (start != 0)
      return registry_evidence(service.key + "\\StartOverride", "", start_text(start),
                               "no such key; users report, not Microsoft, that it silently replaces Start");
  return {};
}

std::vector<ShellCommand> windows_commands(const std::vector<WindowsCommand>& lines) {
  std::vector<ShellCommand> out{{"# In an administrator's command prompt of that Windows:"}};
  for (const WindowsCommand& line : lines) out.push_back(shell_comment("  " + line.text()));
  return out;
}

std::vector<ShellCommand> registry_commands(const WindowsView& view,
                                            const std::vector<WindowsCommand>& commands) {
  constexpr std::string_view kCurrent = R"(HKLM\SYSTEM\CurrentControlSet\)";
  std::vector<ShellCommand> out = windows_commands(commands);
  out.push_back({"# or with the disk attached to another Windows, there as X:"});
  out.push_back({R"(#   reg load HKLM\LUN X:\Windows\System32\config\SYSTEM)"});
  for (const WindowsCommand& command : commands) {
    std::string line = command.text();
    const std::size_t at = line.find(kCurrent);
    if (at != std::string::npos) {
      line.replace(at, kCurrent.size(), "HKLM\\LUN\\" + view.system.control_set + "\\");
      out.push_back(shell_comment("  " + line));
    }
  }
  out.push_back({R"(#   reg unload HKLM\LUN)"});
  return out;
}

WindowsCommand reg_add_dword(WindowsText before, const std::string& name, WindowsText behind,
                             WindowsText value, WindowsText data) {
  const auto key = registry_name(name);
  if (!key)
    return windows_remark(fmt::format("by hand: {}{}{}, {} = {}", before.text(), name, behind.text(),
                                      value.text(), data.text()));
  return {R"(reg add "HKLM\SYSTEM\CurrentControlSet\{}{}{}" /v {} /t REG_DWORD /d {} /f)",
          before,
          *key,
          behind,
          value,
          data};
}

std::vector<os::WindowsNic> boot_nics(const WindowsView& view, std::string& why_unknown) {
  std::vector<os::WindowsNic> out;
  if (!view.nic.known()) {
    why_unknown = "it is not known which NIC boots";
    return out;
  }
  for (const os::WindowsNic& nic : view.system.nics()) {
    const bool same = view.nic.vendor && view.nic.device
                          ? nic.vendor == *view.nic.vendor && nic.device == *view.nic.device
                          : same_without_case(nic.service, view.nic.driver);
    if (same) out.push_back(nic);
  }
  // The name of a driver is one of Linux, most likely, and says nothing about devices.
  if (out.empty() && !view.nic.vendor)
    why_unknown = "no NIC of this Windows has a driver service " + view.nic.driver;
  return out;
}

Outcome unknown_nic(const WindowsView& view, const std::string& why) {
  std::string known;
  for (const os::WindowsNic& nic : view.system.nics())
    known += fmt::format("{}{:04x}:{:04x} ({})", known.empty() ? "" : ", ", nic.vendor, nic.device,
                         nic.service.empty() ? "no driver" : nic.service);
  return unknown(why, "give --nic VENDOR:DEVICE of the NIC that boots, as lspci -nn prints it" +
                          (known.empty() ? "" : "; this Windows knows " + known));
}

}  // namespace san::preflight
