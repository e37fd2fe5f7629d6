// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/ipxe/boot_loaders.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Reports what keeps an operating system from being recognised.
Outcome no_system(const os::DiskContent& disk) {
  Outcome outcome = unknown("no operating system was recognised",
                            "a disk with Linux or Windows whose file systems can be read here");
  for (const os::DiskVolume& volume : disk.volumes)
    if (!volume.files && !volume.why_none.empty())
      outcome.evidence.push_back({volume.name, volume.why_none, {}});
  return outcome;
}

Outcome firmware_mode(Subject& subject) {
  const os::DiskContent* const disk = subject.content();
  if (disk == nullptr) return not_applicable("no image or LUN is examined");
  if (subject.linux_system() == nullptr)
    return subject.windows_system() == nullptr ? no_system(*disk) : not_applicable("for Windows, see WIN-11");
  return judge_mode(loader_modes(*disk), subject.firmware());
}

}  // namespace

constexpr Check kIpxe07{
    .id = "IPXE-07",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "system was installed for the other kind of firmware",
    .good = "system was installed for this kind of firmware",
    .about =
        "Compares how the machine boots (--firmware, else the profile) with the boot loaders that are "
        "installed: GRUB's directories, Windows' boot configuration, the directories of \\EFI. Unknown where "
        "no "
        "operating system is recognised at all.",
    .evaluate = firmware_mode};

}  // namespace san::preflight
