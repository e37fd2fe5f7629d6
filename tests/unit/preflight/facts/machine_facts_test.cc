// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/machine_facts.h"

#include "preflight/live_tree.h"

using namespace san::preflight;

TEST_CASE("machine: a root on a local disk, through LVM") {
  LiveTree tree;
  tree.disk(kLocalDisk, "8:0", 3).mapped("dm-0", "253:0", kLocalDisk + "/sda3");
  tree.file("/proc/self/mountinfo",
            "22 1 253:0 / / rw,relatime - ext4 /dev/mapper/vg0-root rw\n"
            "23 22 8:2 / /boot rw - ext4 /dev/sda2 rw\n"
            "24 22 0:30 / /tmp rw - tmpfs tmpfs rw\n");
  tree.file("/proc/swaps",
            "Filename Type Size Used Priority\n/dev/sda1 partition 100 0 -2\n/swapfile file 100 0 -3\n");
  const auto facts = read_machine_facts(tree.root());
  REQUIRE(facts->root_mount() != nullptr);
  REQUIRE(facts->root_mount()->disks.size() == 1);
  CHECK(facts->root_mount()->disks[0].name == "/dev/sda");
  CHECK(facts->root_mount()->disks[0].device ==
        "/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0");
  CHECK(facts->root_mount()->on_iscsi() == false);
  CHECK(facts->root_session() == nullptr);
  REQUIRE(facts->mounts.size() == 4);
  CHECK(facts->mounts[1].where == "/boot");
  CHECK(facts->mounts[2].where == "swap /dev/sda1");
  CHECK(facts->mounts[2].disks.at(0).name == "/dev/sda");
  // A swap file lies where its file system lies.
  CHECK(facts->mounts[3].where == "swap /swapfile");
  CHECK(facts->mounts[3].disks.at(0).name == "/dev/sda");
}

TEST_CASE("machine: a root on a LUN") {
  LiveTree tree;
  tree.disk(kLunDisk, "8:16", 3).session("session1", "iqn.2026-11.org.example:golden", "10.0.2.2");
  tree.file("/proc/self/mountinfo", "22 1 8:19 / / rw - ext4 /dev/sdb3 rw\n");
  tree.file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=x ip=ibft rd.iscsi.firmware=1 quiet\n");
  tree.file("/proc/311/comm", "iscsid\n").file("/proc/self/comm", "test\n");
  const auto facts = read_machine_facts(tree.root());
  REQUIRE(facts->root_session() != nullptr);
  const IscsiSession& session = *facts->root_session();
  CHECK(session.target == "iqn.2026-11.org.example:golden");
  CHECK(session.address == "10.0.2.2");
  CHECK(session.port == 3260);
  CHECK(session.recovery_tmo == 120);
  CHECK(session.initiator == "iqn.2026-11.org.example:host1");
  CHECK(facts->root_mount()->disks[0].lun == 1);
  CHECK(facts->iscsid);
  CHECK(facts->argument("ip") == "ibft");
  CHECK(facts->argument("rd.iscsi.firmware") == "1");
  CHECK(facts->argument("quiet").empty());
}

TEST_CASE("machine: places on no disk, and circles") {
  LiveTree tree;
  tree.mapped("dm-0", "253:0", "/devices/virtual/block/dm-1")
      .mapped("dm-1", "253:1", "/devices/virtual/block/dm-0");
  tree.disk("/devices/virtual/block/zram0", "252:0");
  tree.file("/proc/self/mountinfo",
            "22 1 0:25 / / rw - nfs4 10.0.2.2:/root rw\n"
            "23 22 253:0 / /usr rw - ext4 /dev/mapper/x rw\n"
            "24 22 0:31 / /var rw - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c\n");
  tree.file("/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 100 0 -2\n");
  const auto facts = read_machine_facts(tree.root());
  REQUIRE(facts->mounts.size() == 4);
  CHECK(facts->root_mount()->on_iscsi() == false);
  CHECK(facts->root_mount()->disks.empty());
  CHECK_FALSE(facts->mounts[1].on_iscsi());
  CHECK(facts->mounts[1].why.find("endlessly") != std::string::npos);
  CHECK_FALSE(facts->mounts[2].on_iscsi());
  CHECK(facts->mounts[3].disks.empty());
  CHECK(facts->mounts[3].why.empty());
}

TEST_CASE("machine: volumes that udev knows") {
  LiveTree tree;
  tree.disk(kLocalDisk, "8:0", 1)
      .disk(kLunDisk, "8:16", 1)
      .session("session1", "iqn.2026-11.org.example:golden", "10.0.2.2");
  tree.file("/run/udev/data/b8:1", "S:disk/by-uuid/x\nE:ID_FS_UUID=aaaa-bbbb\nE:ID_FS_TYPE=ext4\n");
  tree.file("/run/udev/data/b8:17", "E:ID_FS_TYPE=ext4\nE:ID_FS_UUID=aaaa-bbbb\n");
  const auto facts = read_machine_facts(tree.root());
  REQUIRE(facts->volumes.size() == 2);
  CHECK(facts->volumes[0].uuid == "aaaa-bbbb");
  CHECK(facts->volumes[0].disks.at(0).session == std::nullopt);
  CHECK(facts->volumes[1].disks.at(0).session.has_value());
}

TEST_CASE("machine: interfaces") {
  LiveTree tree;
  tree.nic("eth0", "52:54:00:12:34:56", "e1000");
  tree.file("/sys/class/net/bond0/bonding/mode", "802.3ad 4\n")
      .file("/sys/class/net/bond0/address", "52:54:00:12:34:56\n");
  tree.file("/sys/class/net/wlan0/uevent", "DEVTYPE=wlan\n")
      .file("/sys/class/net/br0/bridge/stp_state", "0\n");
  tree.file("/sys/class/net/eth0.7/uevent", "DEVTYPE=vlan\n");
  tree.file("/proc/net/vlan/eth0.7",
            "eth0.7  VID: 7\t REORDER_HDR: 1  dev->priv_flags: 1021\nDevice: eth0\n");
  tree.link("/sys/class/net/usb0/device", "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0");
  tree.link("/sys/class/net/eth1/device", "/sys/devices/pci0000:00/0000:00:04.0/virtio2");
  tree.link("/sys/devices/pci0000:00/0000:00:04.0/virtio2/subsystem", "/sys/bus/virtio");
  tree.file("/sys/devices/pci0000:00/0000:00:04.0/vendor", "0x1af4\n")
      .file("/sys/devices/pci0000:00/0000:00:04.0/device", "0x1000\n");
  tree.file("/sys/class/net/eth1/type", "1\n").file("/sys/class/net/lo/type", "772\n");
  const auto facts = read_machine_facts(tree.root());
  const LiveNic* nic = facts->nic("eth0");
  REQUIRE(nic != nullptr);
  CHECK(nic->kind == LiveNic::Kind::ethernet);
  CHECK(nic->driver == "e1000");
  CHECK(nic->vendor == 0x8086);
  CHECK(nic->device == 0x100e);
  CHECK(nic->mtu == 1500);
  CHECK(nic->link == true);
  CHECK(facts->nic_by_mac("52:54:00:12:34:56") == nic);
  CHECK(facts->nic_by_mac("52:54:00:00:00:00") == nullptr);
  CHECK(facts->nic("bond0")->kind == LiveNic::Kind::bond);
  CHECK(facts->nic("br0")->kind == LiveNic::Kind::bridge);
  CHECK(facts->nic("wlan0")->kind == LiveNic::Kind::wireless);
  CHECK(facts->nic("usb0")->kind == LiveNic::Kind::usb);
  CHECK(facts->nic("eth0.7")->vlan == 7);
  CHECK(facts->nic("eth0.7")->below == "eth0");
  CHECK(facts->nic("eth1")->vendor == 0x1af4);
  CHECK(facts->nic("lo") == nullptr);
}

TEST_CASE("machine: nothing there") {
  LiveTree tree;
  const auto facts = read_machine_facts(tree.root());
  CHECK(facts->root_mount() == nullptr);
  CHECK(facts->mounts.empty());
  CHECK_FALSE(facts->uefi);
  CHECK_FALSE(facts->has_ibft());
  CHECK_FALSE(facts->secure_boot);
}
