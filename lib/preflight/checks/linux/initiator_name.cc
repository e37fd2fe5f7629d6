// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/login_plan.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

constexpr const char* kNameFile = "/etc/iscsi/initiatorname.iscsi";

/// InitiatorName of the file in the image.
std::string name_in(const os::Initramfs& image) {
  for (const auto* file : {"etc/initiatorname.iscsi", "etc/iscsi/initiatorname.iscsi"}) {
    auto values = os::assignments(image.content(file));
    if (!values["InitiatorName"].value.empty()) return values["InitiatorName"].value;
  }
  return {};
}

Outcome check_initiator_name(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  const auto* plan = subject.profile();
  Findings findings;
  bool named = false;
  for (const auto* kernel : ready_kernels(*system, false)) {
    const auto& image = system->initramfs(*kernel);
    const auto login = login_plan(*kernel, image);
    if (!login.understood || !login.complete() || login.firmware) continue;
    named = true;
    const auto name = login.initiator.empty() ? name_in(image) : login.initiator;
    const auto where = login.initiator.empty() ? image_name(*kernel) + ", initiatorname.iscsi" : login.where;
    if (name.empty()) {
      findings.bad.push_back(seen(where, "no InitiatorName", plan == nullptr ? "a name" : plan->initiator));
    } else if (plan == nullptr) {
      findings.unknown.push_back(seen(where, name));
      findings.needed = "--profile FILE, to know the name that the target expects";
    } else {
      auto& list = name == plan->initiator ? findings.good : findings.bad;
      list.push_back(seen(where, name, plan->initiator));
    }
  }
  if (!named) return not_applicable("no kernel brings its own initiator name: it comes from the iBFT");
  std::vector<ShellCommand> commands;
  if (plan != nullptr) {
    if (const auto word = shell_word(plan->initiator))
      commands.push_back({"echo InitiatorName={} >/etc/iscsi/initiatorname.iscsi", *word});
    else
      commands.push_back(shell_comment("write into " + std::string(kNameFile) + ": " + plan->initiator));
  }
  commands.push_back(rebuild_command(*system));
  return findings.outcome(
      "Use the same initiator name in the plan, in the initramfs and in the target's rules.",
      std::move(commands));
}

Outcome check_generated_name(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  const auto text = system->tree->text(kNameFile);
  const ShellCommand command{"echo InitiatorName=$(iscsi-iname) >/etc/iscsi/initiatorname.iscsi"};
  if (!text)
    return fail({seen(kNameFile, "is not there", "InitiatorName=…")},
                "Give the system an initiator name of its own.", {command});
  auto values = os::assignments(*text);
  const auto& name = values["InitiatorName"];
  if (!name.value.empty()) return pass({seen(fmt::format("{}:{}", kNameFile, name.line), name.value)});
  const bool later = values.contains("GenerateName");
  return fail({seen(kNameFile, later ? "GenerateName, a name made at the next start" : "no InitiatorName",
                    "InitiatorName=…")},
              "Give the system an initiator name of its own, and each clone another one.", {command});
}

}  // namespace

constexpr Check kLnx05{
    .id = "LNX-05",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "initramfs uses another initiator name than the plan",
    .good = "initramfs uses the planned initiator name",
    .about =
        "Where the initramfs does not take its name from the iBFT, compares the name it has with that of the "
        "profile. Unknown in that case without --profile.",
    .evaluate = check_initiator_name};

constexpr Check kLnx06{
    .id = "LNX-06",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "system has no initiator name of its own",
    .good = "system has an initiator name of its own",
    .about = "Reads /etc/iscsi/initiatorname.iscsi: there is a name, and it is not made at the next start.",
    .evaluate = check_generated_name};

}  // namespace san::preflight
