// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/text/shell_command.h"

namespace san::preflight {

class Subject;
using san::Severity;

/// `not_applicable`: the check is not about such a system, or is of a scope that this run does not examine.
/// `skipped`: the user said so.
enum class Status { pass, fail, unknown, skipped, not_applicable };

/// Part of what is examined, in which a check can be evaluated.
enum class Scope {
  disk,     ///< on the image or LUN
  plan,     ///< in the boot profile
  target,   ///< at the target
  machine,  ///< on the machine itself, while it runs
  proof,    ///< by booting it
  people,   ///< by people only
};

/// One observation, with the expected value. Texts from disks are safe to print; no secrets.
struct Evidence {
  std::string
      where;  ///< "/etc/fstab:3", "initrd.img-6.1.0-41-amd64", "SYSTEM, ControlSet001\Services\iScsiPrt"
  std::string found;   ///< "/dev/sda3", "no module iscsi_tcp"
  std::string wanted;  ///< "UUID=…"; empty where `found` says it all
};

/// Result of one evaluation of a check.
struct Outcome {
  Status status = Status::unknown;
  std::vector<Evidence> evidence;
  /// Advice to the administrator: one sentence or two. Empty for pass.
  std::string remedy;
  /// Shell commands that do it, as root on the source machine, for --remedy; one a line, comments allowed. A
  /// name that no command can carry is in a comment.
  std::vector<ShellCommand> commands;
  /// The severity in this case, where it is less than the check's.
  std::optional<Severity> lowered = std::nullopt;
};

// The usual outcomes.
Outcome pass(std::vector<Evidence> evidence = {});
Outcome fail(std::vector<Evidence> evidence, std::string remedy, std::vector<ShellCommand> commands = {});
/// `why`: what could not be learned, the only evidence; `needed`: what would be needed to know, the remedy.
Outcome unknown(std::string why, std::string needed);
/// `why` is the only evidence.
Outcome not_applicable(std::string why);
/// Of a check that needs a boot profile, if there is none.
Outcome no_profile();
/// Of a check that needs the running machine, without --live.
Outcome no_machine();

/// "blocker", "not-applicable", "disk": the words of the JSON document.
const char* to_string(Severity severity);
const char* to_string(Status status);
const char* to_string(Scope scope);

/// One check: the entry, which stands beside its code. A check looks at nothing but the subject and changes
/// nothing. An id that is known in several scopes (on the disk, and on the running machine) is one check
/// whose evaluate() looks at what this run has.
struct Check {
  const char* id = nullptr;  ///< "LNX-03"
  Severity severity = Severity::blocker;
  Scope scope = Scope::disk;
  const char* title = nullptr;  ///< headline where it fails: "initramfs never logs in to a target"
  const char* good = nullptr;  ///< headline where it passes, also read after "whether": "initramfs logs in …"
  const char* about =
      nullptr;  ///< what is examined, and how: a sentence or two for the manual and --list-checks -v
  /// Judges. May throw Error (a file system is damaged, the target is gone): the run makes it `unknown`. Null
  /// for Scope::people.
  Outcome (*evaluate)(Subject& subject) = nullptr;
  /// Another scope where it can be known, too: it is evaluated where either is examined.
  std::optional<Scope> also = std::nullopt;
  /// Sentence for the to-do list of a check that people do, wholly or in place of a proof; null for others.
  const char* to_do = nullptr;
};

/// True if people do it, wholly or in place of a proof: if it is not examined, it is on the to-do list.
inline bool is_to_do(const Check& check) {
  return check.scope == Scope::people || check.scope == Scope::proof;
}

/// All of them, in the order of the families NET IBFT IPXE LNX WIN TGT OPS, then by number.
const std::vector<const Check*>& all_checks();
/// The check of that id in any case ("lnx-03"); null where there is none.
const Check* find_check(const std::string& id);

}  // namespace san::preflight
