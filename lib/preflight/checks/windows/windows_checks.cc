// SPDX-License-Identifier: Apache-2.0
#include "preflight/check/check.h"
#include "preflight/checks/windows/windows_view.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using Judge = Outcome (*)(const WindowsView& view);

/// A check that needs the files of a Windows. One of a Windows whose files BitLocker hides is unknown.
template <Judge judge, bool needs_files = true>
Outcome of_windows(Subject& subject) {
  const os::WindowsSystem* const windows = subject.windows_system();
  const os::DiskContent* const content = subject.content();
  if (windows == nullptr || content == nullptr) return not_applicable("there is no Windows on this disk");
  if (needs_files && !windows->files)
    return unknown(windows->encrypted.front() + " is encrypted by BitLocker",
                   "a clone of the decrypted volume: manage-bde -off C: on the source");
  return judge(
      {*windows, *content, subject.firmware(), subject.nic(), subject.source_content(), subject.device()});
}

constexpr Severity kBlocker = Severity::blocker, kWarning = Severity::warning;

constexpr Check kChecks[] = {
    {"WIN-01", kBlocker, Scope::disk, "Windows was not shut down", "Windows was shut down cleanly",
     "Sequence numbers and checksum of the SYSTEM hive, the dirty flag and $LogFile of its NTFS, "
     "hiberfil.sys. The hive's logs (.LOG1, .LOG2) are not replayed. Warnings: the other hives' sequence "
     "numbers, fast startup switched on.",
     of_windows<judge_windows_shut_down>},
    {"WIN-02", kBlocker, Scope::disk, "Windows does not start its iSCSI initiator at boot",
     "Windows starts its iSCSI initiator at boot",
     "Service iScsiPrt with Start 0 and its file msiscsi.sys, its root device Enum\\ROOT\\ISCSIPRT, Tcpip "
     "and NDIS. Warnings: other drivers of the storage stack not at boot start, the service MSiSCSI "
     "disabled, StartOverride.",
     of_windows<judge_windows_initiator>},
    {"WIN-03", kBlocker, Scope::disk, "Windows does not start the NIC's driver at boot",
     "Windows starts the NIC's driver at boot",
     "The service of the NIC (--nic): Start 0 or bit 0 of BootFlags, and its file. A bus driver below the "
     "NIC, as paravirtual ones have, is not examined.",
     of_windows<judge_nic_service>},
    {"WIN-04", kBlocker, Scope::disk, "Windows has not installed the NIC that boots",
     "Windows has installed the NIC that boots",
     "A device node below Enum\\PCI with the NIC's vendor and device, its ConfigFlags, its entry in the "
     "class of network adapters, TCP/IP bound to it. Whether the NIC is in the slot of that node cannot be "
     "seen on the disk.",
     of_windows<judge_nic_installed>},
    {"WIN-05", kBlocker, Scope::disk, "a mandatory network filter is not loaded at boot",
     "every mandatory network filter is loaded at boot",
     "The filters in the NIC's FilterList: FilterRunType, and Start or BootFlags of the driver. A blocker "
     "for Windows 7 and Server 2008 R2 (KB976042, KB2507616), a warning for later ones.",
     of_windows<judge_net_filters>},
    {"WIN-06", kBlocker, Scope::disk, "a class filter names a driver that is not there",
     "every driver that a class filter names is present",
     "UpperFilters and LowerFilters of the classes of disks, storage controllers, volumes and network "
     "adapters: each service and its file (Microsoft, troubleshooting of stop error 7B).",
     of_windows<judge_class_filters>},
    {"WIN-07", kBlocker, Scope::disk, "the NIC that boots is in a team or virtual switch",
     "the NIC that boots is outside any team or virtual switch",
     "What is bound to the NIC: the multiplexor of teams; as a warning, for lack of documents, the Hyper-V "
     "switch. Teams of NIC vendors are not recognised.",
     of_windows<judge_nic_teamed>},
    {"WIN-08", kWarning, Scope::disk, "this build of Windows is reported to fail to boot by iSCSI",
     "this build of Windows is free of reported iSCSI boot failures",
     "CurrentBuild and UBR of the SOFTWARE hive: Windows 11 24H2, 25H2 and Server 2025 before update 7705 "
     "(reports of users). Single hotfixes are not looked for.",
     of_windows<judge_windows_build>},
    {"WIN-09", kBlocker, Scope::disk, "Windows looks for its partition on another disk",
     "Windows looks for its partition on this disk",
     "device and osdevice of the default entry of the boot configuration (BCD) against disk signature, GUIDs "
     "and offsets of this disk. Warning: drive letter C: of MountedDevices.",
     of_windows<judge_boot_entry>},
    {"WIN-10", kWarning, Scope::disk, "source and clone have the same disk identifier",
     "source and clone have different disk identifiers", "MBR signature or GPT disk GUID against --source.",
     of_windows<judge_disk_signature, false>},
    {"WIN-11", kBlocker, Scope::disk, "the boot files of Windows are not for this firmware",
     "the boot files of Windows are for this firmware",
     "Boot manager and boot configuration for BIOS (active partition) or UEFI (EFI system partition), the "
     "default entry's loader: winload.exe or winload.efi, and that it is there.",
     of_windows<judge_boot_files>},
    {"WIN-12", kWarning, Scope::disk, "paging file or crash dump is not on this disk",
     "paging file and crash dump are on this disk",
     "PagingFiles and CrashControl, drive letters by MountedDevices.", of_windows<judge_page_file>},
    {"WIN-13", kWarning, Scope::disk, "Windows gives up its disk too early",
     "Windows waits long enough for its disk",
     "TimeOutValue of the disk driver, MaxRequestHoldTime of the initiator where it is set and MPIO is not "
     "in use (recommended by NetApp).",
     of_windows<judge_disk_timeouts>},
    {"WIN-14", kBlocker, Scope::disk, "this Windows does not boot from blocks of that size",
     "this Windows boots from blocks of this size",
     "Logical block size of the disk: 512 bytes, or 4096 by UEFI since Windows 8 and Server 2012.",
     of_windows<judge_block_size>},
    {"WIN-15", kWarning, Scope::disk, "BitLocker will ask for the recovery key",
     "Windows starts without BitLocker's recovery key",
     "Volumes with BitLocker's signature. Whether its protectors are suspended is not examined, nor are "
     "anti-virus programs and group policies.",
     of_windows<judge_bitlocker, false>},
    {"WIN-16", kBlocker, Scope::disk, "Windows NT 5 lacks the order of drivers that iSCSI boot needs",
     "Windows NT 5 has the order of drivers that iSCSI boot needs",
     "Windows XP and Server 2003: ServiceGroupOrder has the network before SCSI miniport. Warnings: "
     "DisableDHCPMediaSense; that the version of ndis.sys (KB902113) is not examined.",
     of_windows<judge_windows_nt5>},
};

}  // namespace

std::span<const Check> windows_checks() {
  return kChecks;
}

}  // namespace san::preflight
