// SPDX-License-Identifier: Apache-2.0
#include "os/linux/fstab.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::os;
using Kind = DeviceSpec::Kind;

TEST_CASE("device names") {
  const auto kind = [](const char* text) { return parse_device_spec(text).kind; };
  CHECK(kind("UUID=1") == Kind::uuid);
  CHECK(parse_device_spec("UUID=\"1-a\"").value == "1-a");
  CHECK(parse_device_spec("/dev/disk/by-label/a\\x20b").value == "a b");
  CHECK(kind("/dev/disk/by-uuid/1") == Kind::uuid);
  CHECK(kind("PARTUUID=1") == Kind::partuuid);
  for (const char* name : {"/dev/sda", "/dev/sda3", "/dev/nvme0n1p2", "/dev/loop0p3", "/dev/vdb1",
                           "/dev/mmcblk0p1", "/dev/xvda1"})
    CHECK(kind(name) == Kind::kernel_name);
  CHECK(parse_device_spec("/dev/nvme0n1p2").partition == 2);
  CHECK(parse_device_spec("/dev/sda12").partition == 12);
  CHECK(parse_device_spec("/dev/sda").partition == 0);
  CHECK(kind("/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part1") == Kind::by_path);
  CHECK(kind("/dev/disk/by-id/ata-X-part1") == Kind::by_id);
  CHECK(kind("/dev/mapper/mpatha") == Kind::mapper);
  const auto mapper = parse_device_spec("/dev/mapper/my--group-my--root");
  CHECK(mapper.kind == Kind::logical);
  CHECK(mapper.group == "my-group");
  CHECK(mapper.value == "my-root");
  const auto logical = parse_device_spec("/dev/vg0/root");
  CHECK(logical.kind == Kind::logical);
  CHECK(logical.group == "vg0");
  CHECK(kind("/dev/md0") == Kind::other);
  CHECK(kind("/dev/md/root") == Kind::other);
  CHECK(kind("ZFS=rpool/ROOT") == Kind::other);
  CHECK(kind("server:/export") == Kind::network);
  CHECK(kind("//server/share") == Kind::network);
  CHECK(kind("tmpfs") == Kind::nothing);
}

TEST_CASE("fstab and crypttab") {
  const auto entries = parse_fstab(
      "# <file system>\nUUID=1 / ext4 errors=remount-ro 0 1\n\n/dev/sda2\t/mnt/a\\040b vfat noauto,x=y 0 "
      "0\nUUID=2 none swap sw 0 0\nbroken\n");
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].line == 2);
  CHECK(entries[0].directory == "/");
  CHECK(entries[1].directory == "/mnt/a b");
  CHECK(entries[1].has_option("noauto"));
  CHECK(!entries[1].has_option("no"));
  CHECK(entries[1].option("x") == "y");
  CHECK(entries[2].swap());
  const auto crypt = parse_crypttab("root UUID=3 none luks,discard\n");
  REQUIRE(crypt.size() == 1);
  CHECK(crypt[0].name == "root");
  CHECK(crypt[0].device.value == "3");
  CHECK(crypt[0].options == std::vector<std::string>{"luks", "discard"});
}

TEST_CASE("the volume that is meant") {
  DiskContent disk;
  disk.volumes.resize(3);
  disk.volumes[0].entry.number = 2;
  disk.volumes[0].uuid = "ABCD-1234";
  disk.volumes[1].entry.number = 3;
  disk.volumes[1].entry.uuid = "5a17b007-0000-4000-8000-000000000001";
  disk.volumes[1].label = "root";
  disk.volumes[2].group = "vg0";
  disk.volumes[2].logical = "root";
  const auto found = [&](const char* text) { return find_volume(disk, parse_device_spec(text)); };
  CHECK(found("UUID=abcd-1234") == &disk.volumes[0]);
  CHECK(found("LABEL=root") == &disk.volumes[1]);
  CHECK(found("LABEL=ROOT") == nullptr);
  CHECK(found("PARTUUID=5A17B007-0000-4000-8000-000000000001") == &disk.volumes[1]);
  CHECK(found("/dev/mapper/vg0-root") == &disk.volumes[2]);
  CHECK(found("/dev/vg0/root") == &disk.volumes[2]);
  CHECK(found("/dev/vg0/swap") == nullptr);
  CHECK(found("/dev/sda3") == &disk.volumes[1]);
  CHECK(found("UUID=") == nullptr);
  CHECK(found("LABEL=") == nullptr);
}
