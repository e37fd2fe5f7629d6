// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "filesystem/directory_tree.h"
#include "os/hive_file.h"
#include "os/windows_bytes.h"
#include "preflight/facts/subject.h"
#include "temp_dir.h"

/// A disk with a Windows that boots over iSCSI by a NIC 8086:10d3: an EFI system partition and the system, as
/// directories. A test spoils something before it asks for the view.
class WindowsDisk {
 public:
  static constexpr const char* kNet = "ControlSet001\\Control\\Class\\{4d36e972-e325-11ce-bfc1-08002be10318}";
  static constexpr const char* kFilters =
      "ControlSet001\\Control\\Network\\{4d36e974-e325-11ce-bfc1-08002be10318}";
  static constexpr const char* kNode =
      "ControlSet001\\Enum\\PCI\\VEN_8086&DEV_10D3&SUBSYS_00008086&REV_00\\3&1&0&10";
  static constexpr const char* kNic = "{5F3F359E-9D52-4566-9BEC-37EFDFB25ABE}";
  static constexpr const char* kFilter = "{B70D6460-3635-4D42-B866-B8AB1A24454C}";
  static constexpr const char* kEntry = "Objects\\{733b62e5-f608-11eb-825c-c112f60133ab}\\Elements\\";

  WindowsDisk() : system(hive("SYSTEM")), software(hive("SOFTWARE")), bcd(make_bcd()) {
    fill_services();
    fill_nic();
    system.dword("Select", "Current", 1);
    system.bytes("MountedDevices", "\\DosDevices\\C:", "DMIO:ID:" + raw(partition));
    system.texts(memory(), "PagingFiles", {"?:\\pagefile.sys"});
    system.dword("ControlSet001\\Control\\CrashControl", "CrashDumpEnabled", 7);
    system.dword("ControlSet001\\Control\\Session Manager\\Power", "HiberbootEnabled", 0);
    const std::string current = "Microsoft\\Windows NT\\CurrentVersion";
    software.text(current, "ProductName", "Windows Server 2022 Standard");
    software.text(current, "CurrentVersion", "6.3");
    software.text(current, "CurrentBuild", "20348");
    software.dword(current, "UBR", 1850);
    file("esp/EFI/Microsoft/Boot/bootmgfw.efi");
    file("system/Windows/System32/winload.efi");
    fill_content();
  }

  static std::string memory() { return "ControlSet001\\Control\\Session Manager\\Memory Management"; }
  static std::string adapter() { return std::string(kNet) + "\\0001"; }
  static std::string service(const std::string& name) { return "ControlSet001\\Services\\" + name; }

  /// An empty file.
  void file(const std::string& name) const {
    const std::string path = (dir / name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    dir.text_file(name, "x");
  }
  void remove(const std::string& name) const { REQUIRE(std::filesystem::remove_all(dir / name) > 0); }

  /// The disk as it is now. Hives are written and read anew. `nic` as for --nic.
  std::unique_ptr<san::preflight::Subject> subject(const std::string& nic = "8086:10d3",
                                                   const san::os::DiskContent* source = nullptr) {
    if (commit) {
      system.commit();
      software.commit();
      bcd.commit();
    }
    san::preflight::SubjectOptions options;
    options.firmware = firmware;
    options.nic = nic;
    san::preflight::KnownFacts known;
    known.content = std::make_shared<san::os::DiskContent>(content);
    if (source != nullptr) known.source_content = std::make_shared<san::os::DiskContent>(*source);
    auto examined = std::make_unique<san::preflight::Subject>(options, known);
    REQUIRE(examined->windows_system());
    return examined;
  }

  TempDir dir;
  const san::Guid disk = *san::Guid::parse("0b2394a9-095e-487d-8d48-719ecd4d78ca");
  const san::Guid partition = *san::Guid::parse("8e0f2c38-e4ea-47ba-b7fc-9d8c74dccf0b");
  HiveFile system, software, bcd;
  san::os::DiskContent content;
  std::optional<san::boot::Firmware> firmware = san::boot::Firmware::uefi;
  bool commit = true;  ///< false: the files are as the test left them

 private:
  std::string hive(const std::string& name) const {
    std::filesystem::create_directories(dir / "system/Windows/System32/config");
    return (dir / "system/Windows/System32/config/" + name);
  }

  std::string make_bcd() const {
    std::filesystem::create_directories(dir / "esp/EFI/Microsoft/Boot");
    return (dir / "esp/EFI/Microsoft/Boot/BCD");
  }

  void driver(const std::string& name, std::uint32_t start, const std::string& path) {
    system.dword(service(name), "Start", start);
    system.text(service(name), "ImagePath", path, 2);
    file("system/Windows/System32/drivers/" + path.substr(path.rfind('\\') + 1));
  }

  void fill_services() {
    driver("iScsiPrt", 0, "\\SystemRoot\\System32\\drivers\\msiscsi.sys");
    driver("Tcpip", 0, "System32\\drivers\\tcpip.sys");
    driver("NDIS", 0, "System32\\drivers\\ndis.sys");
    driver("e1i65x64", 3, "\\SystemRoot\\System32\\drivers\\e1i65x64.sys");
    driver("partmgr", 0, "System32\\drivers\\partmgr.sys");
    driver("WfpLwfs", 0, "System32\\drivers\\wfplwfs.sys");
    system.dword(service("e1i65x64"), "BootFlags", 1);
    system.dword(service("iScsiPrt"), "BootFlags", 1);  // as Windows has it, and it does not count
    system.dword(service("MSiSCSI"), "Start", 3);
    system.dword(service("disk"), "Start", 0);
    system.dword(service("disk"), "TimeOutValue", 120);
    system.text("ControlSet001\\Enum\\ROOT\\ISCSIPRT\\0000", "Service", "iScsiPrt");
    system.texts("ControlSet001\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}", "UpperFilters",
                 {"partmgr"});
  }

  void fill_nic() {
    system.text(kNode, "ClassGUID", "{4d36e972-e325-11ce-bfc1-08002be10318}");
    system.text(kNode, "Service", "e1i65x64");
    system.text(kNode, "Driver", "{4d36e972-e325-11ce-bfc1-08002be10318}\\0001");
    system.dword(kNode, "ConfigFlags", 0);
    system.text(adapter(), "NetCfgInstanceId", kNic);
    const std::string linkage = adapter() + "\\Linkage";
    system.texts(linkage, "Export", {std::string("\\Device\\") + kNic});
    system.texts(linkage, "RootDevice", {kNic});
    system.texts(linkage, "UpperBind", {"Tcpip", "Tcpip6"});
    system.texts(linkage, "FilterList", {std::string(kNic) + "-" + kFilter + "-0000"});
    system.text(std::string(kFilters) + "\\" + kFilter, "ComponentId", "ms_wfplwf_upper");
    system.text(std::string(kFilters) + "\\" + kFilter + "\\Ndi", "Service", "WfpLwfs");
    system.dword(std::string(kFilters) + "\\" + kFilter + "\\Ndi", "FilterRunType", 1);
    system.key(service("Tcpip\\Parameters\\Interfaces\\") + kNic);
    system.texts(service("Tcpip\\Linkage"), "Bind", {std::string("\\Device\\") + kNic});
  }

  void fill_content() {
    bcd.text("Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements\\23000003", "Element",
             "{733b62e5-f608-11eb-825c-c112f60133ab}");
    const std::string place = bcd_gpt_device(disk, partition), entry = kEntry;
    bcd.bytes(entry + "11000001", "Element", place);
    bcd.bytes(entry + "21000001", "Element", place);
    bcd.text(entry + "12000002", "Element", "\\Windows\\System32\\winload.efi");

    content.table.kind = san::partition::TableKind::gpt;
    content.table.disk_id = disk.text();
    san::os::DiskVolume esp, main;
    esp.name = "partition 1";
    esp.entry.number = 1;
    esp.entry.uuid = "36be3955-63bf-4068-a6ab-00195cca3a22";
    esp.entry.type_id = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    esp.files = san::filesystem::directory_tree(dir / "esp");
    main.name = "partition 2";
    main.entry.number = 2;
    main.entry.uuid = partition.text();
    main.files = san::filesystem::directory_tree(dir / "system");
    content.table.partitions = {esp.entry, main.entry};
    content.volumes = {esp, main};
  }
};
