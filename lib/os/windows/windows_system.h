// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filesystem/volume/file_tree.h"
#include "os/volumes/volumes.h"
#include "os/windows/bcd.h"
#include "os/windows/hive.h"

namespace san::os {

/// The version in the SOFTWARE hive, \Microsoft\Windows NT\CurrentVersion.
struct WindowsVersion {
  std::string product;                    ///< "Windows Server 2022 Standard"; empty if not known
  std::string number;                     ///< CurrentVersion: "6.3", "5.2"; since Windows 10 always "6.3"
  std::optional<std::uint32_t> build;     ///< CurrentBuild: 20348
  std::optional<std::uint32_t> revision;  ///< UBR
};

/// A driver or service: a key below Services.
struct WindowsService {
  std::string name;                           ///< as written in the registry
  std::string key;                            ///< "ControlSet001\Services\iScsiPrt"
  std::optional<std::uint32_t> start;         ///< 0 boot, 1 system, 2 automatic, 3 on demand, 4 disabled
  std::optional<std::uint32_t> boot_flags;    ///< BootFlags; bit 0: start at boot when booting from a network
  std::vector<std::uint32_t> start_override;  ///< values of the key StartOverride, if there is one
  std::string image;                          ///< ImagePath as stored; may be empty
  std::string file;  ///< `image` as a path of the file system: "/Windows/System32/drivers/msiscsi.sys"
  bool file_present = false;  ///< true if `file` exists
};

/// A network filter driver that is bound to a NIC.
struct WindowsNetFilter {
  std::string guid;       ///< "{B70D6460-3635-4D42-B866-B8AB1A24454C}"
  std::string component;  ///< ComponentId: "ms_pacer"; empty if not known
  std::string service;    ///< Ndi\Service: "Psched"; empty if not known
  /// True for Ndi\FilterRunType 1 (2 is optional); since Windows 8 by NetworkSetup2\Filters\…\Kernel,
  /// Optional. Nothing if neither value exists.
  std::optional<bool> mandatory;
};

/// An installed network adapter on a PCI bus: a device node below Enum\PCI.
struct WindowsNic {
  std::uint16_t vendor = 0, device = 0;
  std::string key;                 ///< "ControlSet001\Enum\PCI\VEN_8086&DEV_100F&…\4&b70f118&0&0888"
  std::string service;             ///< "E1G60"; empty if no driver is installed
  std::uint32_t config_flags = 0;  ///< ConfigFlags (regstr.h)
  std::string class_key;       ///< "ControlSet001\Control\Class\{4d36e972-…}\0007"; empty if there is none
  bool class_present = false;  ///< true if that key exists
  bool linkage = false;        ///< true if it has Linkage\Export and Linkage\RootDevice
  std::string guid;            ///< NetCfgInstanceId
  std::vector<std::string> bound;         ///< Linkage\UpperBind: services of the protocols above
  std::vector<WindowsNetFilter> filters;  ///< Linkage\FilterList
  bool tcpip_interface = false;           ///< true if Tcpip\Parameters\Interfaces has its GUID
  bool tcpip_bound = false;               ///< true if Tcpip\Linkage\Bind has its GUID
};

/// A drive letter of \MountedDevices.
struct WindowsDrive {
  char letter = 'C';
  PartitionIds partition;
};

/// A boot configuration store on the disk.
struct WindowsBootStore {
  bool uefi = false;       ///< \EFI\Microsoft\Boot\BCD, else \Boot\BCD
  std::size_t volume = 0;  ///< index into DiskContent::volumes
  std::string name;        ///< for messages: "partition 1, \EFI\Microsoft\Boot\BCD"
  bool dirty = false;      ///< the sequence numbers of its header differ
  BcdStore store;
  std::string why_unreadable;  ///< empty if `store` was read
};

/// An installed Windows: facts from its files, without judgement. The hives are read as they are; their
/// transaction logs are not replayed.
struct WindowsSystem {
  std::size_t volume = 0;   ///< index into DiskContent::volumes
  std::string volume_name;  ///< "partition 3"
  std::shared_ptr<filesystem::FileTree>
      files;                           ///< null if BitLocker encrypts the volume that would hold the system
  std::string directory;               ///< "/Windows"
  std::vector<std::string> encrypted;  ///< names of the volumes with BitLocker's signature

  std::unique_ptr<Hive> system, software;  ///< null if they cannot be read; why_no_… has the reason
  std::string why_no_system, why_no_software;
  std::string control_set;  ///< "ControlSet001", by Select\Current; empty if not known
  WindowsVersion version;
  std::vector<WindowsBootStore> stores;  ///< stores for UEFI first
  std::vector<WindowsDrive> drives;
  bool has_winload = false;          ///< winload.exe or winload.efi exists: Windows Vista or later
  bool has_ntldr = false;            ///< /ntldr exists: the boot loader of Windows XP and Server 2003
  bool has_driver_database = false;  ///< DriverDatabase or a DRIVERS hive: Windows 8 or later

  /// Returns the key `path` below the current control set; nothing if there is none, or no SYSTEM hive.
  std::optional<HiveKey> key(std::string_view path) const;
  std::optional<WindowsService> service(std::string_view name) const;
  /// Translates the path of a service's ImagePath into a path of the file system. Relative paths begin at the
  /// directory of Windows. Returns an empty string for a path on another drive than C:.
  std::string file_of(std::string_view image) const;
  bool exists(const std::string& path) const;
  /// Returns the network adapters below Enum\PCI.
  std::vector<WindowsNic> nics() const;
  /// Returns true for Windows NT 5: 2000, XP, Server 2003.
  bool is_nt5() const;
  /// Returns true for Windows 8 and later; nothing if the version is not known.
  std::optional<bool> is_windows8_or_later() const;
};

/// Reads the Windows on that disk: the first volume with a SYSTEM hive; if there is none, a volume that
/// BitLocker encrypts, without files. Returns null if there is no Windows. Throws only what reading the
/// device throws: damage is described in the result.
std::unique_ptr<WindowsSystem> read_windows_system(const DiskContent& content);

}  // namespace san::os
