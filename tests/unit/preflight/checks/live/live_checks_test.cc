// SPDX-License-Identifier: Apache-2.0
// Checks of the running machine, and the live halves of others.
#include <fstream>

#include "boot/export/exports.h"
#include "boot/profile/read_profile.h"
#include "preflight/check/check.h"
#include "preflight/facts/subject.h"
#include "preflight/live_tree.h"

using namespace san::preflight;

namespace {

const char* const kProfile = R"([initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:34:56"
[target]
portal = "10.0.2.2"
name = "iqn.2026-11.org.example:golden"
lun = 1
[boot]
)";

/// A machine that runs from its LUN.
struct Machine : LiveTree {
  Machine() {
    disk(kLunDisk, "8:16", 3).session("session1", "iqn.2026-11.org.example:golden", "10.0.2.2");
    file("/proc/self/mountinfo", "22 1 8:19 / / rw - ext4 /dev/sdb3 rw\n");
    nic("eth0", "52:54:00:12:34:56", "e1000");
    plan_for("bios");
  }
  void plan_for(const std::string& firmware) {
    profile = dir().text_file("host1.toml", kProfile + ("firmware = \"" + firmware + "\"\n"));
  }
  void put_ibft(const san::boot::BootProfile& plan) {
    const auto bytes = san::boot::ibft(plan, {plan.initiator, "", "", "", ""});
    file("/sys/firmware/acpi/tables/iBFT", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  san::boot::BootProfile plan() const { return san::boot::read_boot_profile(profile); }

  Outcome evaluate(const std::string& id, bool planned = true) {
    SubjectOptions options;
    options.live = true;
    options.live_root = root();
    if (planned) options.login.profile = profile;
    Subject subject(options);
    return of(id, subject);
  }
  /// With another plan than that of the file.
  Outcome evaluate(const std::string& id, const san::boot::BootProfile& plan) {
    SubjectOptions options;
    options.live = true;
    options.live_root = root();
    KnownFacts known;
    known.profile = std::make_shared<san::boot::BootProfile>(plan);
    Subject subject(options, known);
    return of(id, subject);
  }
  static Outcome of(const std::string& id, Subject& subject) {
    const Check* const check = find_check(id);
    REQUIRE_MESSAGE(check != nullptr, id);
    return check->evaluate(subject);
  }
  Status status(const std::string& id, bool planned = true) { return evaluate(id, planned).status; }
  std::string found(const std::string& id) {
    std::string text;
    for (const Evidence& one : evaluate(id).evidence)
      text += one.where + ": " + one.found + "; " + one.wanted + "\n";
    return text;
  }
  /// A variable of the firmware.
  void variable(const std::string& name, const std::string& data) {
    file("/sys/firmware/efi/efivars/" + name + "-8be4df61-93ca-11d2-aa0d-00e098032b8c",
         std::string("\7\0\0\0", 4) + data);
  }
  std::string profile;
};

/// A load option with a device path of those nodes.
std::string load_option(const std::string& nodes) {
  const std::string path = nodes + std::string("\x7f\xff\4\0", 4);
  std::string option("\1\0\0\0", 4);
  option += static_cast<char>(path.size());
  return option + std::string("\0N\0\0\0", 5) + path;
}
const std::string kPxe =
    load_option(std::string("\3\x0b\x25\0\x52\x54\0\x12\x34\x56", 10) + std::string(27, '\0') +
                std::string("\3\x0c\x1b\0", 4) + std::string(23, '\0'));
const std::string kDisk = load_option(std::string("\4\1\x2a\0", 4) + std::string(38, '\0'));

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("live: the root file system") {
  Machine machine;
  CHECK(machine.status("LNX-11") == Status::pass);
  CHECK(machine.status("LNX-11", false) == Status::pass);
  // Another target than that of the plan.
  machine.file("/sys/devices/platform/host2/session1/iscsi_session/session1/targetname",
               "iqn.2026-11.org.example:other\n");
  CHECK(machine.status("LNX-11") == Status::fail);
  CHECK(contains(machine.found("LNX-11"), "iqn.2026-11.org.example:other"));
  machine.disk(kLocalDisk, "8:0", 1).file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  CHECK(machine.status("LNX-11") == Status::fail);
  CHECK(contains(machine.found("LNX-11"), "/: /dev/sda, at /devices/pci0000:00"));
  machine.file("/proc/self/mountinfo", "");
  CHECK(machine.status("LNX-11") == Status::unknown);
}

TEST_CASE("live: the other places") {
  Machine machine;
  const auto outcome = [&machine] { return machine.evaluate("LNX-09", false); };
  CHECK(outcome().status == Status::pass);
  machine.disk(kLocalDisk, "8:0", 2);
  machine.file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
  CHECK(outcome().status == Status::fail);
  CHECK(outcome().evidence.at(0).where == "swap /dev/sda2");
  machine.file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  CHECK(outcome().status == Status::not_applicable);
}

TEST_CASE("live: twins") {
  Machine machine;
  const auto outcome = [&machine] { return machine.evaluate("LNX-10", false); };
  CHECK(outcome().status == Status::unknown);
  machine.disk(kLocalDisk, "8:0", 2).file("/run/udev/data/b8:19", "E:ID_FS_UUID=aaaa\n");
  machine.file("/run/udev/data/b8:1", "E:ID_FS_UUID=bbbb\n");
  CHECK(outcome().status == Status::pass);
  machine.file("/run/udev/data/b8:2", "E:ID_FS_UUID=aaaa\n");
  CHECK(outcome().status == Status::fail);
  CHECK(outcome().evidence.at(0).where == "/dev/sda2");
}

TEST_CASE("live: how long a session lasts") {
  Machine machine;
  const auto outcome = [&machine] { return machine.evaluate("LNX-13", false); };
  CHECK(outcome().evidence.size() == 2);  // 120 s, and no iscsid
  machine.file("/proc/9/comm", "iscsid\n");
  machine.file("/sys/devices/platform/host2/session1/iscsi_session/session1/recovery_tmo", "86400\n");
  machine.file("/etc/iscsi/iscsid.conf",
               "node.session.timeo.replacement_timeout = 86400\nnode.conn[0].timeo.noop_out_interval = 0\n");
  CHECK(outcome().status == Status::pass);
}

TEST_CASE("live: iBFT") {
  Machine machine;
  CHECK(machine.status("IBFT-01") == Status::pass);  // not needed
  CHECK(machine.status("IBFT-02") == Status::not_applicable);
  CHECK(machine.status("IBFT-03") == Status::not_applicable);
  machine.file("/proc/cmdline", "rd.iscsi.firmware=1\n");
  CHECK(machine.status("IBFT-01") == Status::fail);
  CHECK(machine.evaluate("IBFT-01").lowered == Severity::warning);

  auto plan = machine.plan();
  machine.put_ibft(plan);
  for (const char* const id : {"IBFT-01", "IBFT-02", "IBFT-03"})
    CHECK_MESSAGE(machine.status(id) == Status::pass, machine.found(id));
  CHECK(machine.status("IBFT-03", false) == Status::pass);

  const auto differs = [&](const std::string& text) {
    machine.put_ibft(plan);
    CHECK(machine.status("IBFT-02") == Status::pass);
    CHECK(machine.status("IBFT-03") == Status::fail);
    CHECK_MESSAGE(contains(machine.found("IBFT-03"), text), machine.found("IBFT-03"));
    plan = machine.plan();
  };
  plan.initiator += "x";
  differs("initiator: iqn.2026-11.org.example:host1x");
  plan.target += "x";
  differs("target0, name");
  plan.lun = 2;
  differs("target0, LUN: 0002");
  plan.portals[0].port = 3261;
  differs("target0, portal: 10.0.2.2:3261");
  plan.mac = "52:54:00:00:00:01";
  differs("ethernet0: 52:54:00:00:00:01; the address of a NIC of this machine");
  plan.vlan = 7;
  differs("VLAN: 7; 0");

  machine.put_ibft(plan);
  const std::string path = machine.root() + "/sys/firmware/acpi/tables/iBFT";
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(60).put('x');
  CHECK(machine.status("IBFT-02") == Status::fail);
  CHECK(machine.status("IBFT-03") == Status::not_applicable);
}

TEST_CASE("IBFT-06: a table for more targets than Linux reads") {
  Machine machine;
  CHECK(machine.status("IBFT-06") == Status::pass);
  CHECK(machine.status("IBFT-06", false) == Status::not_applicable);
  machine.put_ibft(machine.plan());
  CHECK(machine.status("IBFT-06", false) == Status::pass);
  // The control structure with a third pair of offsets, as iPXE makes it.
  const std::string path = machine.root() + "/sys/firmware/acpi/tables/iBFT";
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(50).put(22);
  for (const bool planned : {false, true}) {
    CHECK(machine.status("IBFT-06", planned) == Status::fail);
    CHECK(contains(machine.found("IBFT-06"), "offsets of 3 targets"));
  }
}

TEST_CASE("live: iBFT as the kernel shows it") {
  Machine machine;
  machine.file("/sys/firmware/ibft/initiator/initiator-name", "iqn.2026-11.org.example:host1\n");
  machine.file("/sys/firmware/ibft/ethernet0/mac", "52:54:00:12:34:56\n")
      .file("/sys/firmware/ibft/ethernet0/flags", "3\n");
  machine.file("/sys/firmware/ibft/target0/target-name", "iqn.2026-11.org.example:golden\n");
  machine.file("/sys/firmware/ibft/target0/ip-addr", "10.0.2.2\n")
      .file("/sys/firmware/ibft/target0/port", "3260\n");
  machine.file("/sys/firmware/ibft/target0/flags", "3\n");
  CHECK(machine.status("IBFT-01") == Status::pass);
  CHECK_MESSAGE(machine.status("IBFT-03") == Status::pass, machine.found("IBFT-03"));
  machine.file("/sys/firmware/ibft/target0/ip-addr", "10.0.2.3\n");
  CHECK(contains(machine.found("IBFT-03"), "target0, portal: 10.0.2.3:3260; 10.0.2.2:3260"));
}

TEST_CASE("live: boot order") {
  Machine machine;
  CHECK(machine.status("NET-02") ==
        Status::unknown);  // BIOS, and nothing shows that it came over the network
  machine.put_ibft(machine.plan());
  CHECK(machine.status("NET-02") == Status::pass);
  machine.plan_for("uefi");
  CHECK(contains(machine.found("NET-02"), "runs by BIOS, and is to boot by UEFI"));
  machine.variable("Boot0001", kPxe);
  machine.variable("Boot0002", kDisk);
  CHECK(contains(machine.found("NET-02"), "no BootOrder"));
  machine.variable("BootOrder", std::string("\2\0\1\0", 4));
  CHECK(contains(machine.found("NET-02"), "Boot0002 \"N\" (disk)"));
  CHECK(machine.evaluate("NET-02").commands.at(0).text() == "efibootmgr --bootorder 0001,0002");
  machine.variable("BootOrder", std::string("\1\0\2\0", 4));
  CHECK_MESSAGE(machine.status("NET-02") == Status::pass, machine.found("NET-02"));
  machine.variable("BootOrder", std::string("\2\0", 2));
  CHECK(machine.status("NET-02") == Status::fail);
  CHECK(machine.evaluate("NET-02").commands.empty());
}

TEST_CASE("live: the boot NIC") {
  Machine machine;
  CHECK(machine.status("NET-03") == Status::pass);
  CHECK(machine.status("NET-05") == Status::pass);
  CHECK(machine.status("NET-07") == Status::unknown);
  CHECK(machine.status("NET-04") == Status::pass);
  CHECK(machine.status("NET-03", false) == Status::not_applicable);  // nothing says which it is
  machine.put_ibft(machine.plan());
  CHECK(machine.status("NET-03", false) == Status::pass);  // the iBFT does
  machine.file("/sys/class/net/br0/bridge/stp_state", "0\n")
      .link("/sys/class/net/eth0/master", "/sys/class/net/br0");
  CHECK(machine.evaluate("NET-03").lowered == Severity::warning);
  machine.disk(kLocalDisk, "8:0", 1).file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  CHECK(machine.status("NET-03") == Status::fail);
  CHECK_FALSE(machine.evaluate("NET-03").lowered);
  machine.file("/sys/class/net/eth0/uevent", "DEVTYPE=wlan\n").file("/sys/class/net/eth0/mtu", "9000\n");
  CHECK(contains(machine.found("NET-03"), "wireless"));
  CHECK(machine.status("NET-05") == Status::unknown);
  machine.file("/sys/class/net/eth0/carrier", "0\n");
  CHECK(machine.status("NET-07") == Status::fail);
}

TEST_CASE("live: which NIC it is, and which firmware") {
  Machine machine;
  const auto subject = [&](const std::string& profile, const std::string& nic = "") {
    SubjectOptions options;
    options.live = true;
    options.live_root = machine.root();
    options.login.profile = profile;
    options.nic = nic;
    return Subject(options);
  };
  CHECK(subject(machine.profile).nic().interface == "eth0");
  CHECK(subject("").nic().interface.empty());
  CHECK(subject("").firmware() == san::boot::Firmware::bios);
  machine.put_ibft(machine.plan());
  CHECK(subject("").nic().interface == "eth0");  // the iBFT tells
  CHECK(subject("").nic().driver == "e1000");
  // The address of the interface that was named, not that of the plan: NET-01 compares them.
  machine.nic("eth1", "52:54:00:12:34:57", "e1000");
  CHECK(subject(machine.profile, "eth1").nic().mac == "52:54:00:12:34:57");
  CHECK(subject(machine.profile, "8086:100e").nic().mac == "52:54:00:12:34:56");
  // In a bond it has the bond's address, and keeps its own.
  machine.file("/sys/class/net/eth0/address", "52:54:00:00:00:01\n")
      .file("/sys/class/net/eth0/bonding_slave/perm_hwaddr", "52:54:00:12:34:56\n");
  CHECK(subject(machine.profile).nic().mac == "52:54:00:12:34:56");
  CHECK(subject(machine.profile, "eth0").nic().mac == "52:54:00:12:34:56");
  machine.file("/sys/class/net/eth0/bonding_slave/perm_hwaddr", "52:54:00:00:00:02\n");
  CHECK(subject(machine.profile).nic().interface.empty());  // the profile is of another machine
}

TEST_CASE("live: VLAN") {
  Machine machine;
  auto plan = machine.plan();
  // The disk's half: a kernel that has 8021q.
  machine.file("/boot/vmlinuz-6.1", "MZ")
      .file("/lib/modules/6.1/modules.builtin", "kernel/net/8021q/8021q.ko\n");
  machine.file("/boot/grub/grub.cfg", "menuentry a {\nlinux /boot/vmlinuz-6.1 ro\n}\n");
  const auto outcome = [&] { return machine.evaluate("NET-06", plan); };
  CHECK(outcome().status == Status::pass);
  plan.vlan = 7;
  machine.put_ibft(plan);
  CHECK(outcome().evidence.at(0).where == "/proc/net/vlan");
  machine.file("/sys/class/net/eth0.7/uevent", "DEVTYPE=vlan\n")
      .file("/proc/net/vlan/eth0.7", "eth0.7 VID: 7 \nDevice: eth0\n");
  CHECK(outcome().status == Status::pass);
  plan.vlan = 8;
  CHECK(outcome().status == Status::fail);
}
