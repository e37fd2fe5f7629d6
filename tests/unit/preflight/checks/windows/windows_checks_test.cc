// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>

#include "preflight/checks/windows/windows_checks.h"
#include "preflight/windows_disk.h"

using namespace san;
using namespace san::partition;
using namespace san::preflight;

namespace {

Outcome evaluate(const std::string& id, Subject& subject) {
  const Check* const check = find_check(id);
  REQUIRE_MESSAGE(check != nullptr, id);
  return check->evaluate(subject);
}

/// "WIN-02 blocker": what fails, or is unknown ("WIN-03 unknown").
std::vector<std::string> complaints(Subject& subject) {
  std::vector<std::string> out;
  for (const Check* const check : kWindowsChecks) {
    const std::string id = check->id;
    if (id == "WIN-10") continue;  // of two disks
    const Outcome outcome = check->evaluate(subject);
    if (outcome.status == Status::unknown) out.push_back(id + " unknown");
    if (outcome.status != Status::fail) continue;
    CHECK(!outcome.evidence.empty());
    CHECK(!outcome.remedy.empty());
    out.push_back(id + " " + to_string(outcome.lowered.value_or(check->severity)));
  }
  return out;
}

struct Fault {
  const char* what;
  std::vector<std::string> complaints;
  std::function<void(WindowsDisk&)> plant;
};

const std::vector<Fault> kFaults = {
    {"initiator on demand",
     {"WIN-02 blocker"},
     [](WindowsDisk& d) { d.system.dword(d.service("iScsiPrt"), "Start", 3); }},
    {"msiscsi.sys gone",
     {"WIN-02 blocker"},
     [](WindowsDisk& d) { d.remove("system/Windows/System32/drivers/msiscsi.sys"); }},
    {"no root device",
     {"WIN-02 blocker"},
     [](WindowsDisk& d) { d.system.remove("ControlSet001\\Enum\\ROOT\\ISCSIPRT"); }},
    {"root device disabled",
     {"WIN-02 blocker"},
     [](WindowsDisk& d) { d.system.dword("ControlSet001\\Enum\\ROOT\\ISCSIPRT\\0000", "ConfigFlags", 1); }},
    {"no service", {"WIN-02 blocker"}, [](WindowsDisk& d) { d.system.remove(d.service("iScsiPrt")); }},
    {"TCP/IP on demand",
     {"WIN-02 blocker"},
     [](WindowsDisk& d) { d.system.dword(d.service("Tcpip"), "Start", 1); }},
    {"MSiSCSI disabled",
     {"WIN-02 warning"},
     [](WindowsDisk& d) { d.system.dword(d.service("MSiSCSI"), "Start", 4); }},
    {"disk driver on demand",
     {"WIN-02 warning"},
     [](WindowsDisk& d) { d.system.dword(d.service("disk"), "Start", 3); }},
    {"StartOverride",
     {"WIN-02 warning"},
     [](WindowsDisk& d) { d.system.dword(d.service("iScsiPrt\\StartOverride"), "0", 3); }},
    {"NIC's driver on demand",
     {"WIN-03 blocker"},
     [](WindowsDisk& d) { d.system.dword(d.service("e1i65x64"), "BootFlags", 2); }},
    {"NIC's driver gone",
     {"WIN-03 blocker"},
     [](WindowsDisk& d) { d.remove("system/Windows/System32/drivers/e1i65x64.sys"); }},
    {"NIC's service gone",
     {"WIN-03 blocker"},
     [](WindowsDisk& d) { d.system.remove(d.service("e1i65x64")); }},
    {"NIC not installed", {"WIN-04 blocker"}, [](WindowsDisk& d) { d.system.remove(WindowsDisk::kNode); }},
    {"NIC disabled",
     {"WIN-04 blocker"},
     [](WindowsDisk& d) { d.system.dword(WindowsDisk::kNode, "ConfigFlags", 0x21); }},
    {"NIC without class entry", {"WIN-04 blocker"}, [](WindowsDisk& d) { d.system.remove(d.adapter()); }},
    {"NIC without driver",
     {"WIN-04 blocker"},
     [](WindowsDisk& d) { d.system.text(WindowsDisk::kNode, "Service", ""); }},
    {"TCP/IP not bound",
     {"WIN-04 blocker"},
     [](WindowsDisk& d) { d.system.texts(d.service("Tcpip\\Linkage"), "Bind", {"\\Device\\{other}"}); }},
    {"mandatory filter, Windows 7",
     {"WIN-05 blocker"},
     [](WindowsDisk& d) {
       d.system.dword(d.service("WfpLwfs"), "Start", 1);
       d.software.text("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild", "7601");
     }},
    {"mandatory filter, later",
     {"WIN-05 warning"},
     [](WindowsDisk& d) { d.system.dword(d.service("WfpLwfs"), "Start", 1); }},
    {"class filter without service",
     {"WIN-06 blocker"},
     [](WindowsDisk& d) {
       d.system.texts("ControlSet001\\Control\\Class\\{71a27cdd-812a-11d0-bec7-08002be2092f}", "LowerFilters",
                      {"leftover"});
     }},
    {"class filter without file",
     {"WIN-06 blocker"},
     [](WindowsDisk& d) { d.remove("system/Windows/System32/drivers/partmgr.sys"); }},
    {"team",
     {"WIN-07 blocker"},
     [](WindowsDisk& d) {
       d.system.texts(d.adapter() + "\\Linkage", "UpperBind", {"NdisImPlatform"});
       d.system.texts(d.service("Tcpip\\Linkage"), "Bind", {"\\Device\\{team}"});
     }},
    {"virtual switch",
     {"WIN-07 warning"},
     [](WindowsDisk& d) { d.system.texts(d.adapter() + "\\Linkage", "UpperBind", {"VMSP"}); }},
    {"Windows 11 24H2",
     {"WIN-08 warning"},
     [](WindowsDisk& d) {
       d.software.text("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild", "26100");
     }},
    {"no SOFTWARE hive",
     {"WIN-08 unknown"},
     [](WindowsDisk& d) { d.remove("system/Windows/System32/config/SOFTWARE"), d.commit = false; }},
    {"new disk identifiers",
     {"WIN-09 blocker"},
     [](WindowsDisk& d) { d.content.table.disk_id = "11111111-1111-1111-1111-111111111111"; }},
    {"osdevice is another partition",
     {"WIN-09 blocker"},
     [](WindowsDisk& d) {
       const Guid esp = *Guid::parse("36be3955-63bf-4068-a6ab-00195cca3a22");
       d.bcd.bytes(std::string(WindowsDisk::kEntry) + "21000001", "Element", bcd_gpt_device(d.disk, esp));
     }},
    {"C: elsewhere",
     {"WIN-09 warning"},
     [](WindowsDisk& d) {
       d.system.bytes("MountedDevices", "\\DosDevices\\C:", little(0x5cbea03e, 4) + little(1048576, 8));
     }},
    {"loader for BIOS",
     {"WIN-11 blocker"},
     [](WindowsDisk& d) {
       d.bcd.text(std::string(WindowsDisk::kEntry) + "12000002", "Element",
                  "\\Windows\\System32\\winload.exe");
     }},
    {"loader gone",
     {"WIN-11 blocker"},
     [](WindowsDisk& d) { d.remove("system/Windows/System32/winload.efi"); }},
    {"boot manager gone",
     {"WIN-11 blocker"},
     [](WindowsDisk& d) { d.remove("esp/EFI/Microsoft/Boot/bootmgfw.efi"); }},
    {"no boot configuration",
     {"WIN-11 blocker"},
     [](WindowsDisk& d) { d.remove("esp/EFI/Microsoft/Boot/BCD"), d.commit = false; }},
    {"boot by BIOS", {"WIN-11 blocker"}, [](WindowsDisk& d) { d.firmware = boot::Firmware::bios; }},
    {"page file on D:",
     {"WIN-12 warning"},
     [](WindowsDisk& d) { d.system.texts(d.memory(), "PagingFiles", {"D:\\pagefile.sys 0 0"}); }},
    {"short timeout",
     {"WIN-13 warning"},
     [](WindowsDisk& d) { d.system.dword(d.service("disk"), "TimeOutValue", 10); }},
    {"4Kn, Windows 7",
     {"WIN-14 blocker"},
     [](WindowsDisk& d) {
       d.content.logical_block = 4096;
       d.software.text("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild", "7601");
     }},
    {"4Kn", {}, [](WindowsDisk& d) { d.content.logical_block = 4096; }},
    {"blocks of 520 bytes", {"WIN-14 blocker"}, [](WindowsDisk& d) { d.content.logical_block = 520; }},
    {"another volume encrypted",
     {"WIN-15 warning"},
     [](WindowsDisk& d) { d.content.volumes.emplace_back().type = "bitlocker"; }},
    {"fast startup",
     {"WIN-01 warning"},
     [](WindowsDisk& d) {
       d.system.dword("ControlSet001\\Control\\Session Manager\\Power", "HiberbootEnabled", 1);
     }},
};

}  // namespace

TEST_CASE("windows_checks: a good disk") {
  WindowsDisk disk;
  CHECK(complaints(*disk.subject()) == std::vector<std::string>{});
  disk.firmware.reset();
  CHECK(complaints(*disk.subject()) == std::vector<std::string>{});
}

TEST_CASE("windows_checks: one fault, one check") {
  for (const Fault& fault : kFaults) {
    CAPTURE(fault.what);
    WindowsDisk disk;
    disk.system.commit(), disk.software.commit(), disk.bcd.commit();
    fault.plant(disk);
    CHECK(complaints(*disk.subject()) == fault.complaints);
  }
}

TEST_CASE("windows_checks: dirty hive") {
  WindowsDisk disk;
  disk.software.commit(), disk.bcd.commit();
  auto bytes = disk.system.commit();
  disk.commit = false;
  bytes[4] ^= std::byte{1};
  bytes[508] ^= std::byte{1};
  disk.dir.text_file("system/Windows/System32/config/SYSTEM",
                     std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CHECK(complaints(*disk.subject()) == std::vector<std::string>{"WIN-01 blocker"});
}

TEST_CASE("windows_checks: which NIC") {
  WindowsDisk disk;
  const std::vector<std::string> unknown{"WIN-03 unknown", "WIN-04 unknown", "WIN-05 unknown",
                                         "WIN-07 unknown"};
  SUBCASE("not said") {
    const auto subject = disk.subject("");
    CHECK(complaints(*subject) == unknown);
    CHECK(evaluate("WIN-04", *subject).remedy.find("8086:10d3 (e1i65x64)") != std::string::npos);
  }
  SUBCASE("by a driver of Linux") {
    CHECK(complaints(*disk.subject("e1000e")) == unknown);
  }
  SUBCASE("by its service") {
    CHECK(complaints(*disk.subject("E1I65X64")).empty());
  }
  SUBCASE("another one") {
    CHECK(complaints(*disk.subject("8086:100e")) == std::vector<std::string>{"WIN-04 blocker"});
  }
}

TEST_CASE("windows_checks: BIOS") {
  WindowsDisk disk;
  disk.firmware = boot::Firmware::bios;
  disk.content.table.kind = TableKind::mbr;
  disk.content.table.raw.mbr.emplace().signature = 0x5cbea03e;
  for (auto* volume : {&disk.content.volumes[0], &disk.content.volumes[1]}) {
    volume->entry.offset = volume->entry.number * 1048576;
    volume->entry.type_id = "0x07";
  }
  disk.content.volumes[0].entry.active = true;
  disk.content.table.partitions = {disk.content.volumes[0].entry, disk.content.volumes[1].entry};
  std::filesystem::create_directories((disk.dir / "esp/Boot"));
  disk.bcd.commit();
  const std::string entry = WindowsDisk::kEntry;
  disk.bcd.bytes(entry + "11000001", "Element", bcd_mbr_device(0x5cbea03e, 2097152));
  disk.bcd.bytes(entry + "21000001", "Element", bcd_mbr_device(0x5cbea03e, 2097152));
  disk.bcd.text(entry + "12000002", "Element", "\\Windows\\System32\\winload.exe");
  disk.system.bytes("MountedDevices", "\\DosDevices\\C:", little(0x5cbea03e, 4) + little(2097152, 8));
  disk.system.commit(), disk.software.commit(), disk.bcd.commit();
  disk.commit = false;
  std::filesystem::rename((disk.dir / "esp/EFI/Microsoft/Boot/BCD"), (disk.dir / "esp/Boot/BCD"));
  disk.file("esp/bootmgr");
  disk.file("system/Windows/System32/winload.exe");
  SUBCASE("good") {
    CHECK(complaints(*disk.subject()) == std::vector<std::string>{});
  }
  SUBCASE("new signature") {
    disk.content.table.raw.mbr->signature = 1;
    CHECK(complaints(*disk.subject()) == std::vector<std::string>{"WIN-09 blocker"});
  }
  SUBCASE("another partition is active") {
    disk.content.volumes[0].entry.active = false;
    disk.content.volumes[1].entry.active = true;
    CHECK(complaints(*disk.subject()) == std::vector<std::string>{"WIN-11 blocker"});
  }
  SUBCASE("none is active: said by IPXE-06") {
    disk.content.volumes[0].entry.active = false;
    CHECK(complaints(*disk.subject()) == std::vector<std::string>{});
  }
  SUBCASE("no boot manager") {
    disk.remove("esp/bootmgr");
    CHECK(complaints(*disk.subject()) == std::vector<std::string>{"WIN-11 blocker"});
  }
}

TEST_CASE("windows_checks: the source disk") {
  WindowsDisk disk;
  CHECK(evaluate("WIN-10", *disk.subject()).status == Status::unknown);
  os::DiskContent source;
  source.table.disk_id = disk.disk.text();
  CHECK(evaluate("WIN-10", *disk.subject("", &source)).status == Status::fail);
  source.table.disk_id = disk.partition.text();
  CHECK(evaluate("WIN-10", *disk.subject("", &source)).status == Status::pass);
}

TEST_CASE("windows_checks: Windows NT 5") {
  WindowsDisk disk;
  disk.software.text("Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", "5.2");
  disk.system.texts("ControlSet001\\Control\\ServiceGroupOrder", "List",
                    {"NDIS Wrapper", "NDIS", "Base", "PNP_TDI", "SCSI miniport"});
  Outcome outcome = evaluate("WIN-16", *disk.subject());
  CHECK(outcome.status == Status::fail);
  CHECK(outcome.lowered == Severity::warning);
  // There BootFlags are nothing.
  CHECK(evaluate("WIN-03", *disk.subject()).status == Status::fail);
  disk.system.texts("ControlSet001\\Control\\ServiceGroupOrder", "List",
                    {"NDIS Wrapper", "NDIS", "SCSI miniport", "Base", "PNP_TDI"});
  outcome = evaluate("WIN-16", *disk.subject());
  CHECK(outcome.status == Status::fail);
  CHECK(!outcome.lowered);
}

TEST_CASE("windows_checks: the remedy's commands are comments") {
  WindowsDisk disk;
  disk.system.dword(WindowsDisk::service("iScsiPrt"), "Start", 3);
  const Outcome outcome = evaluate("WIN-02", *disk.subject());
  bool live = false, offline = false;
  for (const ShellCommand& command : outcome.commands) {
    const std::string& line = command.text();
    CHECK(line.front() == '#');
    live = live || line ==
                       "#   reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Services\\iScsiPrt\" /v Start /t "
                       "REG_DWORD /d 0 /f";
    offline =
        offline ||
        line == "#   reg add \"HKLM\\LUN\\ControlSet001\\Services\\iScsiPrt\" /v Start /t REG_DWORD /d 0 /f";
  }
  CHECK(live);
  CHECK(offline);
}
