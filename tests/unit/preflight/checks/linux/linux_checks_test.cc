// SPDX-License-Identifier: Apache-2.0
// A small Debian, and faults that are planted into it one at a time.
#include <doctest/doctest.h>

#include <algorithm>

#include "preflight/small_debian.h"

using namespace san;
using namespace san::preflight;

TEST_CASE("LNX: a system without a fault") {
  SmallDebian system;
  CHECK(system.blockers() == "");
  CHECK(system.blockers("8086:100e") == "");
  for (const char* id : {"LNX-01", "LNX-02", "LNX-03", "LNX-04", "LNX-06", "LNX-07", "LNX-08", "LNX-12",
                         "LNX-13", "LNX-14", "LNX-15"}) {
    CAPTURE(id);
    CHECK(system.outcome(id).status == Status::pass);
  }
  CHECK(system.outcome("LNX-05").status == Status::not_applicable);
  CHECK(system.outcome("LNX-02", "").status == Status::unknown);
}

TEST_CASE("IBFT-04: a portal by IPv6") {
  SmallDebian system;
  system.profile();
  CHECK(system.outcome("IBFT-04").status == Status::pass);
  for (const char* firmware : {"uefi", "bios"}) {
    system.profile("dhcp = true", "[fd00:5a::2]", firmware);
    CHECK(system.outcome("IBFT-04").status == Status::fail);
    CHECK_FALSE(system.outcome("IBFT-04").lowered);
  }
}

TEST_CASE("LNX-01: what it takes to log in") {
  SmallDebian system;
  for (const std::string part : {"iscsi_tcp", "iscsistart", "local-top", "sd_mod", "scsi_transport"}) {
    CAPTURE(part);
    system.initramfs_without(part);
    CHECK(system.blockers() == "LNX-01");
  }
  // open-iscsi purged, and the images made again.
  system.initramfs_without("iscsi");
  CHECK(system.blockers() == "LNX-01");
  system.files = small_debian_initramfs("6.1.0-41-amd64");
  system.initramfs(system.files);
  CHECK(system.blockers() == "LNX-01");
  system.put("boot/initrd.img-" + kRelease, "rubbish");
  CHECK(system.blockers() == "LNX-01");
  system.remove("boot/initrd.img-" + kRelease);
  CHECK(system.blockers() == "LNX-01");
  system.put("boot/grub/grub.cfg", "set timeout=5\n");
  CHECK(system.outcome("LNX-01").status == Status::unknown);
}

TEST_CASE("LNX-01: every kernel counts") {
  SmallDebian system;
  system.put("boot/grub/grub.cfg", "menuentry a {\nlinux /boot/vmlinuz-" + kRelease + " root=UUID=" + kUuid +
                                       "\ninitrd /boot/initrd.img-" + kRelease +
                                       "\n}\nmenuentry b {\nlinux /boot/vmlinuz-5 root=UUID=" + kUuid +
                                       "\ninitrd /boot/initrd.img-5\n}\n");
  const auto result = system.outcome("LNX-01");
  CHECK(result.status == Status::fail);
  REQUIRE(result.evidence.size() == 2);
  CHECK(result.evidence[0].where == "/boot/grub/grub.cfg:6");
}

TEST_CASE("LNX-02: the driver of the NIC") {
  SmallDebian system;
  system.initramfs_without("e1000");
  CHECK(system.blockers() == "LNX-02");
  CHECK(system.blockers("8086:100e") == "LNX-02");
  system.initramfs(system.files);
  CHECK(system.blockers("no_such_driver") == "LNX-02");
  CHECK(system.blockers("1234:5678") == "LNX-02");
  // Its firmware: bnx2 never works without one, e1000 would.
  const std::string module("\0firmware=x/a.fw\0", 17);
  system.put("lib/modules/" + kRelease + "/kernel/drivers/net/ethernet/intel/e1000/e1000.ko", module);
  CHECK(system.outcome("LNX-02").lowered == Severity::warning);
  system.initramfs_with("usr/lib/firmware/x/a.fw.xz", "x");
  CHECK(system.outcome("LNX-02").status == Status::pass);
  system.put("lib/modules/" + kRelease + "/kernel/drivers/net/ethernet/broadcom/bnx2.ko", module);
  system.initramfs_with("usr/lib/modules/" + kRelease + "/kernel/drivers/net/ethernet/broadcom/bnx2.ko", "x");
  CHECK(system.blockers("bnx2") == "LNX-02");
}

TEST_CASE("LNX-03, LNX-04: login and network of initramfs-tools") {
  SmallDebian system;
  system.initramfs_without("iscsi.initramfs");
  CHECK(system.blockers() == "LNX-03");
  system.arguments("iscsi_auto root=UUID=" + kUuid);
  CHECK(system.blockers() == "");
  system.arguments("iscsi_target_name=iqn.2026-11.org.example:disk root=UUID=" + kUuid);
  CHECK(system.blockers() == "LNX-03");
  system.profile();
  const std::string fixed =
      "iscsi_initiator=iqn.2026-11.org.example:plan iscsi_target_name=iqn.2026-11.org.example:disk "
      "iscsi_target_ip=10.0.2.2 root=UUID=" +
      kUuid;
  system.arguments(fixed);
  CHECK(system.blockers() == "");
  system.arguments(fixed + " ip=off");
  CHECK(system.blockers() == "LNX-04");
  system.arguments(
      "iscsi_initiator=iqn.2026-11.org.example:plan "
      "root=iscsi:user:secret@10.0.2.9::3260:1:iqn.2026-11.org.example:disk root=UUID=" +
      kUuid);
  const auto other = system.outcome("LNX-03");
  CHECK(other.status == Status::fail);
  CHECK(other.evidence[0].found == "10.0.2.9");
  CHECK(system.blockers() == "LNX-03");
}

TEST_CASE("LNX-05: the name that a target sees") {
  SmallDebian system;
  system.profile();
  system.initramfs_with("etc/iscsi.initramfs",
                        "ISCSI_TARGET_NAME=iqn.2026-11.org.example:disk\nISCSI_TARGET_IP=10.0.2.2\n");
  CHECK(system.blockers() == "LNX-05");
  system.initramfs_with("etc/iscsi.initramfs",
                        "ISCSI_TARGET_NAME=iqn.2026-11.org.example:disk\nISCSI_TARGET_IP=10.0.2.2\nISCSI_"
                        "INITIATOR=iqn.2026-11.org.example:plan\n");
  CHECK(system.blockers() == "");
}

TEST_CASE("LNX-06, LNX-12, LNX-13, LNX-14, LNX-15: warnings") {
  SmallDebian system;
  system.put("etc/iscsi/initiatorname.iscsi", "GenerateName=yes\n");
  CHECK(system.outcome("LNX-06").status == Status::fail);
  system.put("etc/network/interfaces", "auto eth0\niface eth0 inet dhcp\n");
  CHECK(system.outcome("LNX-12").status == Status::fail);
  system.put("etc/network/interfaces", "auto eth0\niface eth0 inet manual\n");
  CHECK(system.outcome("LNX-12").status == Status::pass);
  system.put("etc/NetworkManager/conf.d/x.conf", "[device]\nkeep-configuration=no\n");
  CHECK(system.outcome("LNX-12").status == Status::fail);
  system.put("etc/iscsi/iscsid.conf", "node.session.timeo.replacement_timeout = 120\n");
  CHECK(system.outcome("LNX-13").evidence.size() == 2);
  system.put("boot/config-" + kRelease, "CONFIG_RD_ZSTD=y\n");
  CHECK(system.outcome("LNX-14").status == Status::fail);
  system.put("etc/udev/rules.d/70-persistent-net.rules",
             "SUBSYSTEM==\"net\", ATTR{address}==\"00:11:22:33:44:55\", NAME=\"eth0\"\n");
  CHECK(system.outcome("LNX-15").status == Status::fail);
  CHECK(system.blockers() == "");
}

TEST_CASE("LNX-07: who reads the iBFT") {
  SmallDebian system;
  system.initramfs_without("iscsi_ibft");
  CHECK(system.blockers() == "LNX-07");
  system.put("lib/modules/" + kRelease + "/modules.builtin",
             "kernel/fs/ext4/ext4.ko\nkernel/drivers/firmware/iscsi_ibft.ko\n");
  CHECK(system.blockers() == "");
}

TEST_CASE("LNX-08: names that hold") {
  SmallDebian system;
  for (const std::string root : {"/dev/loop0p3", "/dev/sda3", "UUID=5a17b007-0000-4000-8000-0000000000ff",
                                 "/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part3"}) {
    CAPTURE(root);
    system.arguments("root=" + root + " ro");
    CHECK(system.blockers() == "LNX-08");
  }
  system.arguments("quiet");
  CHECK(system.blockers() == "LNX-08");
  system.arguments("root=UUID=" + kUuid + " resume=UUID=5a17b007-0000-4000-8000-0000000000ff");
  CHECK(system.outcome("LNX-08").lowered == Severity::warning);
  system.arguments("root=UUID=" + kUuid);
  system.put("etc/fstab", "/dev/sda3 / ext4 defaults 0 1\n");
  CHECK(system.blockers() == "LNX-08");
  CHECK(system.outcome("LNX-08").evidence[0].where == "/etc/fstab:1");
  system.put("etc/fstab", "UUID=" + kUuid + " / ext4 defaults 0 1\n/dev/sdb1 /mnt ext4 noauto 0 0\n");
  CHECK(system.blockers() == "");
  system.put("etc/crypttab", "data /dev/sda4 none luks\n");
  CHECK(system.blockers() == "LNX-08");
}

TEST_CASE("LNX-08: the command that writes GRUB's configuration is the distribution's") {
  const auto commands = [](const SmallDebian& system) {
    std::string all;
    for (const ShellCommand& command : system.outcome("LNX-08").commands) all += command.text() + "\n";
    return all;
  };
  SmallDebian system;
  system.put("etc/fstab", "/dev/sda3 / ext4 defaults 0 1\n");
  CHECK(commands(system).find("update-grub\n") != std::string::npos);
  system.put("etc/os-release", "ID=arch\n");
  CHECK(commands(system).find("grub-mkconfig -o /boot/grub/grub.cfg\n") != std::string::npos);
  system.put("etc/os-release", "ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n");
  system.put("boot/grub2/grub.cfg", "");
  CHECK(commands(system).find("grub2-mkconfig -o /boot/grub2/grub.cfg\n") != std::string::npos);
}

TEST_CASE("LNX-08: a crypttab that leads in a circle") {
  SmallDebian system;
  system.put("etc/crypttab", "a /dev/mapper/b none noauto\nb /dev/mapper/a none noauto\n");
  system.arguments("root=/dev/mapper/a");
  CHECK(system.outcome("LNX-08").status == Status::unknown);
}

TEST_CASE("LNX: an initramfs of dracut") {
  SmallDebian system;
  system.dracut({{"usr/lib/dracut/modules.txt", "bash\niscsi\nnetwork-manager\n"}});
  const std::string root = "root=UUID=" + kUuid;
  system.arguments(root);
  CHECK(system.blockers() == "LNX-03");
  system.arguments(root + " rd.iscsi.firmware=1");
  CHECK(system.blockers() == "LNX-04");
  system.arguments(root + " rd.iscsi.firmware=1 rd.iscsi.ibft=1");
  CHECK(system.blockers() == "");
  system.arguments(root + " netroot=iscsi:ibft ip=dhcp");
  CHECK(system.blockers() == "LNX-03");
  system.arguments(root);
  system.initramfs_with("etc/cmdline.d/95iscsi.conf", "rd.iscsi.firmware\nrd.iscsi.ibft=1\n");
  CHECK(system.blockers() == "");
  system.initramfs_without("iscsiroot");
  CHECK(system.blockers() == "LNX-01");
}

TEST_CASE("LNX: dracut as Debian 12 has it") {
  SmallDebian system;
  system.dracut({
      {"usr/lib/dracut/modules.txt", "bash\niscsi\nnetwork-legacy\n"},
      {"usr/lib/net-lib.sh", "awk -- 'BEGIN { exit (!and('\"$flags\"',1)) }' || continue\n"},
      {"usr/bin/mawk", "x"},
      {"usr/lib/systemd/system/iscsid.service",
       "[Service]\n# ExecStartPre=/a\nExecStartPre=-/usr/bin/b\nExecStartPre=/lib/open-iscsi/check.sh now\n"},
  });
  const std::string arguments = "root=UUID=" + kUuid + " rd.iscsi.firmware=1 ";
  system.arguments(arguments + "rd.iscsi.ibft=1");
  CHECK(system.blockers() == "LNX-01");
  CHECK(system.outcome("LNX-01").evidence[0].found.find("lib/open-iscsi/check.sh") != std::string::npos);
  system.initramfs_with("usr/lib/systemd/system/iscsid.service.d/own.conf", "[Service]\nExecStartPre=\n");
  CHECK(system.blockers() == "LNX-04");
  system.files.emplace_back("usr/lib/open-iscsi/check.sh", "x");
  system.initramfs(system.files);
  CHECK(system.blockers() == "LNX-04");
  system.arguments(arguments + "ip=dhcp");
  CHECK(system.blockers() == "");
  system.arguments(arguments + "ip=ibft");
  CHECK(system.blockers() == "LNX-04");
  system.initramfs_with("usr/bin/gawk", "x");
  CHECK(system.blockers() == "");
  system.initramfs_with("usr/lib/dracut/modules.txt", "bash\niscsi\nsystemd-networkd\n");
  CHECK(system.blockers() == "LNX-04");
  system.arguments(arguments + "ip=dhcp");
  CHECK(system.blockers() == "");
}
