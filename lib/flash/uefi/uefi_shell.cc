// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_shell.h"

#include <fmt/core.h>

#include "core/text/printable.h"

namespace san::flash {
namespace {

/// Formats a value: =H and hexadecimal digits, because =0x is a number of at most 16 of them
/// (ShellPkg/Library/UefiShellDebug1CommandsLib/SetVar.c). Nothing behind = removes the variable.
std::string value(const VariableEdit& edit) {
  if (edit.data.empty()) return "=";
  std::string out = "=H";
  for (const std::byte b : edit.data) out += fmt::format("{:02X}", std::to_integer<unsigned>(b));
  return out;
}

std::string name(const VariableEdit& edit) {
  const std::string text = printable(edit.id.name);
  return text.find(' ') == std::string::npos ? text : "\"" + text + "\"";
}

}  // namespace

std::string uefi_shell_script(const boot::BootProfile& profile, const iscsi::Credentials& auth) {
  std::string out = "# " +
                    san::printable(fmt::format("{} boots from {}, LUN {}.", profile.initiator, profile.target,
                                               profile.lun)) +
                    "\n";
  if (!auth.user.empty())
    out += "# This file holds CHAP secrets: remove it from the medium when it has been run.\n";
  out += "echo -off\n";
  const std::string object = profile.path.empty() ? "settings" : profile.path;
  for (const VariableEdit& edit : plan_iscsi_blind(settings_of(profile, auth), object).edits) {
    const bool runtime = (edit.attributes & kRuntime) != 0;
    out += fmt::format("setvar {} -guid {}{} -nv {}\n", name(edit), edit.id.vendor.text(),
                       runtime ? " -bs -rt" : " -bs", value(edit));
  }
  out += "echo \"Done. Take the medium out, and start the machine again.\"\n";
  return out;
}

}  // namespace san::flash
