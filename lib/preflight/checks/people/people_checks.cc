// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/people/people_checks.h"

#include "preflight/rehearsal/rehearsal.h"

namespace san::preflight {

constexpr Check kOps01{
    .id = "OPS-01",
    .severity = Severity::blocker,
    .scope = Scope::people,
    .title = "no way back is prepared",
    .good = "a way back is prepared",
    .about = "For people: the local disks are kept as they were, labelled, and the old boot order is known.",
    .to_do =
        "Keep the local disks untouched and labelled until the machine has run from its LUN for a while, and "
        "write down the old boot order: that is the way back."};

constexpr Check kOps02{
    .id = "OPS-02",
    .severity = Severity::blocker,
    .scope = Scope::proof,
    .title = "no boot from the LUN has been seen",
    .good = "a boot from the LUN has been seen",
    .about =
        "The rehearsal: boots the LUN in QEMU over a throw-away overlay, with no other disk, and requires "
        "that the system comes up with its root on iSCSI. On the machine itself: boot it twice, warm and "
        "cold, with the local disks hidden (in the firmware, not by their cables), and see that its root is "
        "on iSCSI (--live there).",
    .evaluate = rehearse,
    .to_do =
        "Boot the machine from its LUN twice, warm and cold, with the local disks hidden (in the firmware, "
        "not by pulling cables), and see by sanboot-check --live there that its root is on iSCSI."};

constexpr Check kOps03{
    .id = "OPS-03",
    .severity = Severity::warning,
    .scope = Scope::people,
    .title = "start order after a power failure is not arranged",
    .good = "start order after a power failure is arranged",
    .about = "For people: network, DHCP and target come up before the machines that need them.",
    .to_do =
        "See that after a power failure switches, DHCP server and target are up before the machine: iPXE "
        "gives up after some minutes. Set the machine to wait before it starts, or to start again."};

constexpr Check kOps04{
    .id = "OPS-04",
    .severity = Severity::info,
    .scope = Scope::people,
    .title = "nobody would notice a lost session",
    .good = "a lost session would be noticed",
    .about = "For people: monitoring of sessions, of read-only file systems and of room on the target.",
    .to_do =
        "Watch the machine and the target: sessions that drop, file systems that become read-only, paging "
        "errors, room in the pool."};

}  // namespace san::preflight
